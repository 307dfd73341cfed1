package darban.media.dash;

import darban.media.MalformedMedia;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What a manifest of others tells of its own life, for whoever keeps it. Immutable, any thread.
 *
 * @param live whether it changes
 * @param begun when the stream began, as it is written; empty if that is not told
 * @param update how often it changes at most
 * @param longestSegment no segment is longer
 * @param window how far back segments are kept
 * @param duration of all
 */
public record DashInfo(
    boolean live,
    String begun,
    Optional<Duration> update,
    Optional<Duration> longestSegment,
    Optional<Duration> window,
    Optional<Duration> duration) {
  /** Reads the first element of a manifest. */
  public static DashInfo read(ByteBuffer manifest) {
    try {
      XMLStreamReader in = ManifestCopy.reader(ManifestCopy.text(manifest));
      while (in.hasNext()) {
        if (in.next() == XMLStreamConstants.START_ELEMENT) {
          return read(in);
        }
      }
    } catch (XMLStreamException broken) {
      // Said below: what has no first element is none either.
    }
    throw new MalformedMedia("it is no manifest: it has no element MPD");
  }

  private static DashInfo read(XMLStreamReader in) {
    if (!in.getLocalName().equals("MPD")) {
      throw new MalformedMedia("it is no manifest: its element is '" + in.getLocalName() + "'");
    }
    String begun = in.getAttributeValue(null, "availabilityStartTime");
    return new DashInfo(
        "dynamic".equals(in.getAttributeValue(null, "type")),
        begun == null ? "" : begun,
        duration(in, "minimumUpdatePeriod"),
        duration(in, "maxSegmentDuration"),
        duration(in, "timeShiftBufferDepth"),
        duration(in, "mediaPresentationDuration"));
  }

  private static Optional<Duration> duration(XMLStreamReader in, String attribute) {
    String value = in.getAttributeValue(null, attribute);
    try {
      // Years and months, which nobody writes here, are not read.
      return Optional.ofNullable(value).map(Duration::parse);
    } catch (DateTimeException notOne) {
      return Optional.empty();
    }
  }
}
