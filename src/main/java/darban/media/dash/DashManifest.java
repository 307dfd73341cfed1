package darban.media.dash;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A manifest of DASH of ours (ISO/IEC 23009-1): a recording, or a live stream. Immutable, any
 * thread.
 *
 * @param duration of all in milliseconds; 0 while it is live
 * @param longestSegment in milliseconds
 * @param live what is told of a live stream
 * @param periods what there is to see and hear, one after the other
 */
public record DashManifest(
    long duration, long longestSegment, Optional<Live> live, List<Period> periods) {
  static final String NAMESPACE = "urn:mpeg:dash:schema:mpd:2011";
  private static final String PROFILES =
      "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019";
  private static final String CHANNELS = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011";

  public DashManifest {
    periods = List.copyOf(periods);
  }

  /**
   * A stretch of time whose segments have one timeline (§5.3.2).
   *
   * @param id of no other
   * @param start in milliseconds from the beginning of all
   * @param duration in milliseconds; 0 where it lasts until the next begins
   * @param sets what there is to see and hear
   */
  public record Period(String id, long start, long duration, List<AdaptationSet> sets) {
    public Period {
      sets = List.copyOf(sets);
    }

    /** All there is. */
    public static Period only(List<AdaptationSet> sets) {
      return new Period("0", 0, 0, sets);
    }
  }

  /** Of a recording. */
  public static DashManifest recording(long duration, long longestSegment, List<Period> periods) {
    return new DashManifest(duration, longestSegment, Optional.empty(), periods);
  }

  /** Of a live stream. */
  public static DashManifest live(Live live, long longestSegment, List<Period> periods) {
    return new DashManifest(0, longestSegment, Optional.of(live), periods);
  }

  /** The manifest. */
  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
    try {
      XMLStreamWriter xml =
          XMLOutputFactory.newDefaultFactory()
              .createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
      new Writer(xml).manifest();
      xml.close();
    } catch (XMLStreamException impossible) {
      throw new IllegalStateException(impossible);
    }
    return out.toByteArray();
  }

  /** Milliseconds as a duration of XML Schema. */
  static String duration(long millis) {
    return "PT" + seconds(millis) + "S";
  }

  private static String seconds(long millis) {
    return BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString();
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS).toString();
  }

  /** Writes elements, each on a line of its own. */
  private final class Writer {
    private final XMLStreamWriter xml;
    private int depth;

    Writer(XMLStreamWriter xml) {
      this.xml = xml;
    }

    private Writer open(String element) throws XMLStreamException {
      line();
      depth++;
      xml.writeStartElement(element);
      return this;
    }

    private Writer empty(String element) throws XMLStreamException {
      line();
      xml.writeEmptyElement(element);
      return this;
    }

    private void close() throws XMLStreamException {
      depth--;
      line();
      xml.writeEndElement();
    }

    private void line() throws XMLStreamException {
      xml.writeCharacters("\n" + "  ".repeat(depth));
    }

    private Writer with(String attribute, Object value) throws XMLStreamException {
      if (!value.toString().isEmpty()) {
        xml.writeAttribute(attribute, value.toString());
      }
      return this;
    }

    private void text(String element, String text) throws XMLStreamException {
      line();
      xml.writeStartElement(element);
      xml.writeCharacters(text);
      xml.writeEndElement();
    }

    void manifest() throws XMLStreamException {
      xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
      open("MPD");
      xml.writeDefaultNamespace(NAMESPACE);
      with("profiles", PROFILES).with("type", live.isPresent() ? "dynamic" : "static");
      with("minBufferTime", DashManifest.duration(Math.min(longestSegment, 2000)));
      with("maxSegmentDuration", DashManifest.duration(longestSegment));
      if (live.isPresent()) {
        live(live.get());
      } else {
        with("mediaPresentationDuration", DashManifest.duration(duration));
      }
      for (Period each : periods) {
        period(each);
      }
      if (live.isPresent() && !live.get().clock().isEmpty()) {
        empty("UTCTiming").with("schemeIdUri", "urn:mpeg:dash:utc:http-xsdate:2014");
        with("value", live.get().clock());
      }
      close();
      xml.writeEndDocument();
    }

    private void live(Live stream) throws XMLStreamException {
      with("availabilityStartTime", time(stream.start()));
      with("publishTime", time(stream.published()));
      with("minimumUpdatePeriod", DashManifest.duration(stream.update()));
      with("timeShiftBufferDepth", DashManifest.duration(depth(stream)));
      with("suggestedPresentationDelay", DashManifest.duration(stream.latency()));
      if (!stream.location().isEmpty()) {
        text("Location", stream.location());
      }
      open("ServiceDescription").with("id", "0");
      long latency = stream.latency();
      empty("Latency").with("referenceId", "0").with("target", latency);
      with("min", latency / 2).with("max", latency * 3);
      // A player that began late is there within seconds; nobody hears a tenth.
      empty("PlaybackRate").with("min", "0.9").with("max", "1.1");
      close();
    }

    private void period(Period period) throws XMLStreamException {
      open("Period").with("id", period.id());
      with("start", DashManifest.duration(period.start()));
      if (period.duration() > 0) {
        with("duration", DashManifest.duration(period.duration()));
      }
      for (int i = 0; i < period.sets().size(); i++) {
        set(period.sets().get(i), i);
      }
      close();
    }

    /** Never longer than the stream is: ffmpeg takes what lies before the start for enormous. */
    private static long depth(Live stream) {
      long age = stream.published() - stream.start();
      return Math.clamp(age - age % 1000, 0, stream.window());
    }

    private void set(AdaptationSet set, int id) throws XMLStreamException {
      AdaptationSet.Labels labels = set.labels();
      open("AdaptationSet").with("id", id).with("contentType", set.kind().contentType);
      with("mimeType", set.kind().mimeType).with("lang", labels.language());
      boolean segments = !(set.addressing() instanceof Addressing.Whole);
      if (segments) {
        with("segmentAlignment", "true").with("startWithSAP", "1");
      }
      if (!labels.label().isEmpty()) {
        text("Label", labels.label());
      }
      boolean texts = set.kind().contentType.equals("text");
      String role = texts ? "subtitle" : labels.main() ? "main" : "alternate";
      empty("Role").with("schemeIdUri", "urn:mpeg:dash:role:2011").with("value", role);
      addressing(set.addressing());
      for (Representation each : set.representations()) {
        representation(each, set.addressing());
      }
      close();
    }

    private void addressing(Addressing addressing) throws XMLStreamException {
      switch (addressing) {
        case Addressing.Timeline timeline -> {
          open("SegmentTemplate").with("timescale", timeline.timescale());
          template(timeline.initialization(), timeline.media(), timeline.startNumber());
          offset(timeline.offset());
          open("SegmentTimeline");
          runs(timeline.runs());
          close();
          close();
        }
        case Addressing.Numbered numbered -> {
          empty("SegmentTemplate").with("timescale", numbered.timescale());
          with("duration", numbered.duration());
          template(numbered.initialization(), numbered.media(), numbered.startNumber());
          offset(numbered.offset());
          early();
        }
        case Addressing.Whole whole -> {}
      }
    }

    private void template(String initialization, String media, long startNumber)
        throws XMLStreamException {
      with("initialization", initialization).with("media", media);
      with("startNumber", startNumber);
    }

    private void offset(long ticks) throws XMLStreamException {
      if (ticks != 0) {
        with("presentationTimeOffset", ticks);
      }
    }

    private void early() throws XMLStreamException {
      long chunk = live.map(Live::chunk).orElse(0L);
      if (chunk > 0) {
        // A segment can be asked for as soon as its first chunk is there.
        with("availabilityTimeOffset", seconds(longestSegment - chunk));
        with("availabilityTimeComplete", "false");
      }
    }

    private void runs(List<Addressing.Run> runs) throws XMLStreamException {
      long next = -1;
      for (Addressing.Run run : runs) {
        empty("S");
        if (run.time() != next) {
          with("t", run.time());
        }
        with("d", run.duration());
        if (run.count() > 1) {
          with("r", run.count() - 1);
        }
        next = run.time() + run.duration() * run.count();
      }
    }

    private void representation(Representation each, Addressing addressing)
        throws XMLStreamException {
      open("Representation").with("id", each.id()).with("bandwidth", each.bandwidth());
      with("codecs", each.codecs());
      switch (each.format()) {
        case Representation.Video video ->
            with("width", video.width())
                .with("height", video.height())
                .with("sar", video.sar())
                .with("frameRate", video.frameRate());
        case Representation.Audio audio -> {
          with("audioSamplingRate", audio.rate());
          empty("AudioChannelConfiguration").with("schemeIdUri", CHANNELS);
          with("value", audio.channels());
        }
        case Representation.Text text -> {}
      }
      if (addressing instanceof Addressing.Whole(String uri)) {
        text("BaseURL", uri);
      }
      close();
    }
  }
}
