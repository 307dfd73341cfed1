package darban.media.dash;

import darban.media.MalformedMedia;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
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
 * @param chunk how long the pieces are that segments come in, where they are told of before they
 *     are complete (DASH-IF low latency: {@code @availabilityTimeOffset} with {@code
 *     @availabilityTimeComplete="false"})
 * @param window how far back segments are kept
 * @param duration of all
 * @param delay how far from live players should begin
 */
public record DashInfo(
    boolean live,
    String begun,
    Optional<Duration> update,
    Optional<Duration> longestSegment,
    Optional<Duration> chunk,
    Optional<Duration> window,
    Optional<Duration> duration,
    Optional<Duration> delay) {
  /** As some write it in front of each time. */
  private static final Pattern NO_DATE = Pattern.compile("^P(?:0+Y)?(?:0+M)?");

  /** Reads a manifest as far as the first element that tells of segments. */
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
    boolean live = "dynamic".equals(in.getAttributeValue(null, "type"));
    Optional<Duration> longest = duration(in, "maxSegmentDuration");
    Optional<Duration> update = duration(in, "minimumUpdatePeriod");
    Optional<Duration> window = duration(in, "timeShiftBufferDepth");
    Optional<Duration> duration = duration(in, "mediaPresentationDuration");
    Optional<Duration> delay = duration(in, "suggestedPresentationDelay");
    Optional<Duration> chunk = live ? chunk(in, longest) : Optional.empty();
    return new DashInfo(
        live, begun == null ? "" : begun, update, longest, chunk, window, duration, delay);
  }

  /** A segment is there that much earlier than it is complete: what is left is its first piece. */
  private static Optional<Duration> chunk(XMLStreamReader in, Optional<Duration> longest) {
    double early = 0;
    try {
      while (in.hasNext()) {
        if (in.next() != XMLStreamConstants.START_ELEMENT) {
          continue;
        }
        if ("false".equals(in.getAttributeValue(null, "availabilityTimeComplete"))) {
          early = Math.max(early, number(in, "availabilityTimeOffset"));
        }
        if (in.getLocalName().startsWith("Segment")) {
          double each = number(in, "duration") / Math.max(1, number(in, "timescale"));
          double length = each > 0 ? each : longest.map(DashInfo::seconds).orElse(0.0);
          long nanos = Math.round((length - early) * 1e9);
          return early > 0 && nanos > 0 ? Optional.of(Duration.ofNanos(nanos)) : Optional.empty();
        }
      }
    } catch (XMLStreamException broken) {
      // Its beginning told what it could.
    }
    return Optional.empty();
  }

  private static double seconds(Duration time) {
    return time.getSeconds() + time.getNano() / 1e9; // of any length, unlike toNanos
  }

  private static double number(XMLStreamReader in, String attribute) {
    String value = in.getAttributeValue(null, attribute);
    try {
      double number = value == null ? 0 : Double.parseDouble(value);
      return Double.isFinite(number) ? number : 0;
    } catch (NumberFormatException notOne) {
      return 0; // such as INF: it is there at any time
    }
  }

  /** The time that an attribute tells, if it has one. */
  static Optional<Duration> duration(XMLStreamReader in, String attribute) {
    String value = in.getAttributeValue(null, attribute);
    try {
      // Years and months, of which nobody writes any here, are not read.
      return Optional.ofNullable(value)
          .map(it -> NO_DATE.matcher(it).replaceFirst("P"))
          .map(Duration::parse);
    } catch (DateTimeException notOne) {
      return Optional.empty();
    }
  }
}
