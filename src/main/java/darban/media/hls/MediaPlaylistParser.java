package darban.media.hls;

import darban.media.MalformedMedia;
import darban.media.hls.MediaPlaylist.Edge;
import darban.media.hls.MediaPlaylist.Header;
import darban.media.hls.MediaPlaylist.Hint;
import darban.media.hls.MediaPlaylist.Report;
import darban.media.hls.MediaPlaylist.Trait;
import darban.media.hls.Segment.ByteRange;
import darban.media.hls.Segment.Context;
import darban.media.hls.Segment.Part;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the lines of a media playlist mean; what it does not know it passes over. Used once;
 * confined to one thread.
 */
final class MediaPlaylistParser {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .appendPattern("[XXXXX][XXXX][XX][X]")
          .toFormatter(java.util.Locale.ROOT);

  private MediaPlaylist.Type type = MediaPlaylist.Type.LIVE;
  private int targetSeconds;
  private long sequence;
  private long discontinuitySequence;
  private final Set<Trait> traits = EnumSet.noneOf(Trait.class);
  private long partTarget = -1;
  private ServerControl control = ServerControl.NONE;
  private long skipped;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Hint> hints = new ArrayList<>();
  private final List<Report> reports = new ArrayList<>();
  private final List<Attributes> dateRanges = new ArrayList<>();

  private long micros = -1;
  private String title = "";
  private @Nullable String range;
  private String lastUri = "";
  private long lastEnd;
  private Segment.@Nullable Map map;
  private final List<Attributes> keys = new ArrayList<>();
  private boolean keysComplete;
  private boolean discontinuity;
  private boolean gap;
  private long programDateTime = -1;
  private final List<Part> parts = new ArrayList<>();

  MediaPlaylistParser(HlsPlaylist playlist) {
    for (Line line : playlist.lines()) {
      switch (line) {
        case Line.Uri uri -> segment(uri.uri());
        case Line.Tag tag -> tag(tag);
        case Line.Other other -> {}
      }
    }
  }

  MediaPlaylist parsed() {
    Header header =
        new Header(
            type, targetSeconds, sequence, discontinuitySequence, traits, partTarget, control);
    return new MediaPlaylist(
        header, skipped, segments, new Edge(parts, context(), hints, reports, dateRanges));
  }

  private Context context() {
    return new Context(map, keys, discontinuity, gap, programDateTime);
  }

  private void segment(String uri) {
    if (micros < 0) {
      throw new MalformedMedia("playlist: a segment has no duration");
    }
    ByteRange bytes = range == null ? null : range(range, uri);
    segments.add(new Segment(uri, micros, title, bytes, context(), parts));
    micros = -1;
    title = "";
    range = null;
    discontinuity = false;
    gap = false;
    programDateTime = -1;
    parts.clear();
    keysComplete = true;
  }

  /** A range without an offset begins where the one before it in the same file ended. */
  private ByteRange range(String text, String uri) {
    int at = text.indexOf('@');
    long length = whole(at < 0 ? text : text.substring(0, at));
    long offset = at >= 0 ? whole(text.substring(at + 1)) : uri.equals(lastUri) ? lastEnd : 0;
    lastUri = uri;
    lastEnd = offset + length;
    return new ByteRange(length, offset);
  }

  private static long whole(String digits) {
    String stripped = digits.strip();
    if (stripped.isEmpty()
        || stripped.length() > 18
        || !stripped.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new MalformedMedia("playlist: a number was expected");
    }
    return Long.parseLong(stripped);
  }

  private void tag(Line.Tag tag) {
    switch (tag.name()) {
      case "EXTINF" -> duration(tag.value());
      case "EXT-X-BYTERANGE" -> range = tag.value().strip();
      case "EXT-X-DISCONTINUITY" -> discontinuity = true;
      case "EXT-X-GAP" -> gap = true;
      case "EXT-X-PROGRAM-DATE-TIME" -> programDateTime = millis(tag.value().strip());
      case "EXT-X-KEY" -> key(tag.attributes());
      case "EXT-X-MAP" -> map(tag.attributes());
      case "EXT-X-PART" -> part(tag.attributes());
      case "EXT-X-DATERANGE" -> dateRanges.add(tag.attributes());
      case "EXT-X-PRELOAD-HINT" -> hint(tag.attributes());
      case "EXT-X-RENDITION-REPORT" -> report(tag.attributes());
      default -> header(tag);
    }
  }

  private void header(Line.Tag tag) {
    switch (tag.name()) {
      case "EXT-X-TARGETDURATION" ->
          targetSeconds =
              (int) Math.min(Micros.parse(tag.value().strip()) / Micros.SECOND, 1 << 30);
      case "EXT-X-MEDIA-SEQUENCE" -> sequence = whole(tag.value());
      case "EXT-X-DISCONTINUITY-SEQUENCE" -> discontinuitySequence = whole(tag.value());
      case "EXT-X-PLAYLIST-TYPE" ->
          type =
              tag.value().strip().equals("VOD") ? MediaPlaylist.Type.VOD : MediaPlaylist.Type.EVENT;
      case "EXT-X-ENDLIST" -> traits.add(Trait.ENDED);
      case "EXT-X-I-FRAMES-ONLY" -> traits.add(Trait.I_FRAMES_ONLY);
      case "EXT-X-INDEPENDENT-SEGMENTS" -> traits.add(Trait.INDEPENDENT);
      case "EXT-X-PART-INF" -> partTarget = tag.attributes().micros("PART-TARGET", -1);
      case "EXT-X-SERVER-CONTROL" -> control = ServerControl.of(tag.attributes());
      case "EXT-X-SKIP" -> skipped = tag.attributes().number("SKIPPED-SEGMENTS", 0);
      default -> {}
    }
  }

  private void duration(String value) {
    int comma = value.indexOf(',');
    micros = Math.max(0, Micros.parse((comma < 0 ? value : value.substring(0, comma)).strip()));
    title = comma < 0 ? "" : HlsPlaylist.decoded(value.substring(comma + 1));
  }

  private static long millis(String time) {
    try {
      return OffsetDateTime.parse(time, TIME).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException notOne) {
      // Without a date a segment can be played as well.
      return -1;
    }
  }

  /** Keys of several systems may stand for one segment; the next ones replace them all. */
  private void key(Attributes attributes) {
    if (keysComplete) {
      keys.clear();
      keysComplete = false;
    }
    if (attributes.text("METHOD").equals("NONE")) {
      keys.clear();
    } else {
      keys.add(attributes);
    }
  }

  private void map(Attributes attributes) {
    lastUri = "";
    String uri = attributes.text("URI");
    ByteRange bytes = attributes.get("BYTERANGE").map(text -> range(text, uri)).orElse(null);
    map = new Segment.Map(uri, bytes);
  }

  private void part(Attributes attributes) {
    String uri = attributes.text("URI");
    ByteRange bytes = attributes.get("BYTERANGE").map(text -> range(text, uri)).orElse(null);
    parts.add(
        new Part(
            uri,
            attributes.micros("DURATION", 0),
            bytes,
            attributes.yes("INDEPENDENT"),
            attributes.yes("GAP")));
  }

  private void hint(Attributes attributes) {
    hints.add(
        new Hint(
            attributes.text("TYPE").equals("MAP"),
            attributes.text("URI"),
            attributes.number("BYTERANGE-START", 0),
            attributes.number("BYTERANGE-LENGTH", -1)));
  }

  private void report(Attributes attributes) {
    reports.add(
        new Report(
            attributes.text("URI"),
            attributes.number("LAST-MSN", -1),
            attributes.number("LAST-PART", -1)));
  }
}
