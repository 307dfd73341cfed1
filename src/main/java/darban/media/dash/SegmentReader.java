package darban.media.dash;

import darban.media.dash.SegmentInformation.Stretch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads of a manifest what tells of its segments, and passes over all else. Used once. */
final class SegmentReader {
  /** Of a manifest that comes anew with each segment: it takes about ten milliseconds. */
  static final int MOST_LIVE = 10_000;

  /** Of one that comes once: the audio of some long films. */
  static final int MOST_RECORDED = 30_000;

  private final XMLStreamReader in;
  private int left;

  private SegmentReader(XMLStreamReader in, int most) {
    this.in = in;
    this.left = most;
  }

  /**
   * A stretch of time (§5.3.2).
   *
   * @param start if it is told
   * @param duration if it is told
   */
  record Period(Optional<Duration> start, Optional<Duration> duration, List<Adaptation> sets) {}

  /**
   * Representations of which a player takes one (§5.3.3).
   *
   * @param kind as {@code video}; empty if it is not told
   */
  record Adaptation(String kind, List<Coding> codings) {}

  /** A representation (§5.3.5). */
  record Coding(String id, OptionalLong bandwidth, SegmentInformation segments) {}

  /**
   * The periods of a manifest whose start is still to be read.
   *
   * @param most elements, beyond which it fails
   */
  static List<Period> read(XMLStreamReader in, int most) throws XMLStreamException {
    SegmentReader reader = new SegmentReader(in, most);
    return reader.child() ? reader.manifest() : List.of();
  }

  /** Goes to the next element in the open one; false at its end. */
  private boolean child() throws XMLStreamException {
    while (in.hasNext()) {
      int event = in.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        if (left-- == 0) {
          throw new XMLStreamException("it has too many elements");
        }
        return true;
      }
      if (event == XMLStreamConstants.END_ELEMENT) {
        return false;
      }
    }
    return false;
  }

  private void skip() throws XMLStreamException {
    for (int depth = 1; depth > 0; ) {
      depth += child() ? 1 : -1;
    }
  }

  private List<Period> manifest() throws XMLStreamException {
    List<Period> periods = new ArrayList<>();
    SegmentInformation all = new SegmentInformation(null);
    while (child()) {
      switch (in.getLocalName()) {
        case "BaseURL" -> base(all);
        case "Period" -> periods.add(period(all));
        default -> skip();
      }
    }
    return periods;
  }

  private Period period(SegmentInformation around) throws XMLStreamException {
    Optional<Duration> start = DashInfo.duration(in, "start");
    Optional<Duration> duration = DashInfo.duration(in, "duration");
    SegmentInformation own = new SegmentInformation(around);
    List<Adaptation> sets = new ArrayList<>();
    while (child()) {
      if (in.getLocalName().equals("AdaptationSet")) {
        sets.add(set(own));
      } else {
        segments(own);
      }
    }
    return new Period(start, duration, sets);
  }

  private Adaptation set(SegmentInformation around) throws XMLStreamException {
    SegmentInformation own = new SegmentInformation(around);
    String kind = text("contentType");
    kind = kind.isEmpty() ? kind(text("mimeType")) : kind;
    List<Coding> codings = new ArrayList<>();
    while (child()) {
      if (in.getLocalName().equals("Representation")) {
        kind = kind.isEmpty() ? kind(text("mimeType")) : kind;
        codings.add(representation(own));
      } else {
        segments(own);
      }
    }
    return new Adaptation(kind, codings);
  }

  private static String kind(String mimeType) {
    return mimeType.substring(0, Math.max(0, mimeType.indexOf('/')));
  }

  private Coding representation(SegmentInformation around) throws XMLStreamException {
    String id = text("id");
    long told = SegmentInformation.number(text("bandwidth"), -1);
    SegmentInformation own = new SegmentInformation(around);
    while (child()) {
      segments(own);
    }
    return new Coding(id, told < 0 ? OptionalLong.empty() : OptionalLong.of(told), own);
  }

  /** An element that may tell of segments, whatever it is in. */
  private void segments(SegmentInformation own) throws XMLStreamException {
    switch (in.getLocalName()) {
      case "BaseURL" -> base(own);
      case "SegmentBase", "SegmentList", "SegmentTemplate" -> {
        own.element(in.getLocalName());
        attributes(own);
        inside(own);
      }
      default -> skip();
    }
  }

  private void base(SegmentInformation own) throws XMLStreamException {
    if (own.isBased()) {
      skip(); // Another place where there is the same.
      return;
    }
    attributes(own);
    own.base(in.getElementText().strip());
  }

  private void attributes(SegmentInformation own) {
    for (int i = 0; i < in.getAttributeCount(); i++) {
      if (in.getAttributeLocalName(i).equals("availabilityTimeOffset")) {
        own.early(in.getAttributeValue(i));
      } else {
        own.attribute(in.getAttributeLocalName(i), in.getAttributeValue(i));
      }
    }
  }

  private void inside(SegmentInformation own) throws XMLStreamException {
    List<String> listed = new ArrayList<>();
    boolean files = true;
    while (child()) {
      switch (in.getLocalName()) {
        case "SegmentTimeline" -> own.timeline(timeline());
        // A part of a file is not what would be asked for.
        case "Initialization" -> {
          own.attribute("sourceURL", text("range").isEmpty() ? text("sourceURL") : "");
          skip();
        }
        case "SegmentURL" -> {
          files &= text("mediaRange").isEmpty() && !text("media").isEmpty();
          listed.add(text("media"));
          skip();
        }
        default -> skip();
      }
    }
    if (!listed.isEmpty()) {
      own.listed(files ? listed : List.of());
    }
  }

  private List<Stretch> timeline() throws XMLStreamException {
    List<Stretch> stretches = new ArrayList<>();
    while (child()) {
      if (in.getLocalName().equals("S")) {
        long time = SegmentInformation.number(text("t"), -1);
        long duration = SegmentInformation.number(text("d"), 0);
        stretches.add(new Stretch(time, duration, SegmentInformation.number(text("r"), 0)));
      } else {
        // A pattern, of which the times are not said one by one.
        stretches.add(new Stretch(-1, 0, 0));
      }
      skip();
    }
    return stretches;
  }

  private String text(String attribute) {
    String value = in.getAttributeValue(null, attribute);
    return value == null ? "" : value;
  }
}
