package darban.media.hls;

import darban.media.hls.MediaPlaylist.Header;
import darban.media.hls.MediaPlaylist.Hint;
import darban.media.hls.MediaPlaylist.Report;
import darban.media.hls.MediaPlaylist.Trait;
import darban.media.hls.Segment.ByteRange;
import darban.media.hls.Segment.Context;
import darban.media.hls.Segment.Part;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a media playlist. Used once; confined to one thread. */
final class MediaPlaylistWriter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);
  private static final Attributes NO_KEY = Attributes.builder().word("METHOD", "NONE").build();

  private final MediaPlaylist playlist;
  private final StringBuilder out = new StringBuilder(4096);
  private Context holds = Context.NONE;

  MediaPlaylistWriter(MediaPlaylist playlist) {
    this.playlist = playlist;
  }

  /** The playlist without its first {@code skip} segments. */
  byte[] written(int skip) {
    header();
    long skipped = playlist.skipped() + skip;
    if (skipped > 0) {
      line("EXT-X-SKIP", "SKIPPED-SEGMENTS=" + skipped);
    }
    List<Segment> segments = playlist.segments();
    for (Segment segment : segments.subList(skip, segments.size())) {
      segment(segment);
    }
    edge();
    if (playlist.header().is(Trait.ENDED)) {
      line("EXT-X-ENDLIST");
    }
    return Attributes.bytes(out.toString());
  }

  private void header() {
    Header header = playlist.header();
    line("EXTM3U");
    line("EXT-X-VERSION", version());
    line("EXT-X-TARGETDURATION", header.targetSeconds());
    if (header.partTarget() >= 0) {
      line("EXT-X-PART-INF", "PART-TARGET=" + Micros.text(header.partTarget()));
    }
    if (!header.control().equals(ServerControl.NONE)) {
      line("EXT-X-SERVER-CONTROL", header.control().attributes().raw());
    }
    line("EXT-X-MEDIA-SEQUENCE", header.sequence());
    if (header.discontinuitySequence() > 0) {
      line("EXT-X-DISCONTINUITY-SEQUENCE", header.discontinuitySequence());
    }
    if (header.type() != MediaPlaylist.Type.LIVE) {
      line("EXT-X-PLAYLIST-TYPE", header.type());
    }
    if (header.is(Trait.INDEPENDENT)) {
      line("EXT-X-INDEPENDENT-SEGMENTS");
    }
    if (header.is(Trait.I_FRAMES_ONLY)) {
      line("EXT-X-I-FRAMES-ONLY");
    }
    playlist.edge().dateRanges().forEach(each -> line("EXT-X-DATERANGE", each.raw()));
  }

  /** The lowest version that has all that is used (§8). */
  private int version() {
    Header header = playlist.header();
    if (header.control().canSkipUntil() >= 0 || playlist.skipped() > 0) {
      return 9;
    }
    boolean map = playlist.segments().stream().anyMatch(each -> each.context().map() != null);
    boolean ranges = playlist.segments().stream().anyMatch(each -> each.range() != null);
    if (map) {
      return header.is(Trait.I_FRAMES_ONLY) ? 5 : 6;
    }
    return ranges || header.is(Trait.I_FRAMES_ONLY) ? 4 : 3;
  }

  private void line(String tag) {
    out.append('#').append(tag).append('\n');
  }

  private void line(String tag, Object value) {
    out.append('#').append(tag).append(':').append(value).append('\n');
  }

  private void segment(Segment segment) {
    context(segment.context());
    segment.parts().forEach(this::part);
    if (segment.context().gap()) {
      line("EXT-X-GAP");
    }
    out.append("#EXTINF:").append(Micros.text(segment.micros())).append(',');
    out.append(HlsPlaylist.encoded(segment.title())).append('\n');
    ByteRange range = segment.range();
    if (range != null) {
      line("EXT-X-BYTERANGE", range.length() + "@" + range.offset());
    }
    out.append(HlsPlaylist.encoded(segment.uri())).append('\n');
  }

  /** What holds from here on, as far as it did not hold before. */
  private void context(Context context) {
    if (context.discontinuity()) {
      line("EXT-X-DISCONTINUITY");
    }
    map(context.map());
    if (!context.keys().equals(holds.keys())) {
      keys(context.keys());
    }
    if (context.programDateTime() >= 0) {
      line("EXT-X-PROGRAM-DATE-TIME", TIME.format(Instant.ofEpochMilli(context.programDateTime())));
    }
    holds = context;
  }

  private void keys(List<Attributes> keys) {
    (keys.isEmpty() ? List.of(NO_KEY) : keys).forEach(key -> line("EXT-X-KEY", key.raw()));
  }

  /** A head is never encrypted, so that no key may hold where it stands (§4.4.4.5). */
  private void map(Segment.@Nullable Map map) {
    if (map == null || map.equals(holds.map())) {
      return;
    }
    if (!holds.keys().isEmpty()) {
      keys(List.of());
      holds = Context.NONE;
    }
    Attributes.Builder attributes = Attributes.builder().quoted("URI", map.uri());
    ByteRange range = map.range();
    if (range != null) {
      attributes.quoted("BYTERANGE", range.length() + "@" + range.offset());
    }
    line("EXT-X-MAP", attributes.build().raw());
  }

  private void part(Part part) {
    Attributes.Builder attributes =
        Attributes.builder().micros("DURATION", part.micros()).quoted("URI", part.uri());
    ByteRange range = part.range();
    if (range != null) {
      attributes.quoted("BYTERANGE", range.length() + "@" + range.offset());
    }
    attributes.yes("INDEPENDENT", part.independent()).yes("GAP", part.gap());
    line("EXT-X-PART", attributes.build().raw());
  }

  private void edge() {
    MediaPlaylist.Edge edge = playlist.edge();
    if (!edge.parts().isEmpty()) {
      context(edge.next());
      edge.parts().forEach(this::part);
    }
    for (Hint hint : edge.hints()) {
      Attributes attributes =
          Attributes.builder()
              .word("TYPE", hint.map() ? "MAP" : "PART")
              .quoted("URI", hint.uri())
              .number("BYTERANGE-START", hint.offset() > 0 ? hint.offset() : -1)
              .number("BYTERANGE-LENGTH", hint.length())
              .build();
      line("EXT-X-PRELOAD-HINT", attributes.raw());
    }
    for (Report report : edge.reports()) {
      Attributes attributes =
          Attributes.builder()
              .quoted("URI", report.uri())
              .number("LAST-MSN", report.sequence())
              .number("LAST-PART", report.part())
              .build();
      line("EXT-X-RENDITION-REPORT", attributes.raw());
    }
  }
}
