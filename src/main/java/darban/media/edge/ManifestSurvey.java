package darban.media.edge;

import darban.media.MalformedMedia;
import darban.media.dash.DashInfo;
import darban.media.dash.DashSegments;
import darban.media.dash.SegmentSeries;
import darban.media.hls.HlsPlaylist;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.MultivariantPlaylist;
import darban.media.hls.Segment;
import darban.media.hls.Variant;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a manifest tells of its stream. Immutable, any thread.
 *
 * @param nature what changes in it
 * @param cadence how quickly it goes; zeros where that is not told
 * @param lineage which run of the encoder it is of
 * @param first what players will ask for first, as the manifest names it: they begin at the start
 *     of a recording, near the end of what is live, and with the lowest of several variants
 * @param lists files that players will ask for one after the other: of a playlist, and of each
 *     representation that lists them
 * @param series segments whose addresses are made by a template
 */
public record ManifestSurvey(
    Nature nature,
    Cadence cadence,
    Lineage lineage,
    List<String> first,
    List<List<String>> lists,
    List<SegmentSeries> series) {
  private static final Cadence UNKNOWN = new Cadence(0, 0, 0, 0);
  private static final long USUAL_SEGMENT = 2_000;

  /** Longer segments are none of anything live. */
  private static final long LONGEST = 60_000;

  public ManifestSurvey {
    first = List.copyOf(first);
    lists = List.copyOf(lists);
    series = List.copyOf(series);
  }

  /** What changes in a manifest. */
  public enum Nature {
    /** Segments come. */
    LIVE,
    /** Nothing. */
    OVER,
    /** It names other playlists, and hardly ever others. */
    VARIANTS
  }

  /** Whether segments come. */
  public boolean live() {
    return nature == Nature.LIVE;
  }

  /**
   * Reads a manifest.
   *
   * @param now by which of a live stream is known what there is, where a manifest does not list it
   */
  public static ManifestSurvey of(ManifestKind kind, ByteBuffer bytes, Instant now) {
    return kind == ManifestKind.HLS ? hls(HlsPlaylist.read(bytes)) : dash(bytes, now);
  }

  private static ManifestSurvey hls(HlsPlaylist playlist) {
    if (playlist.multivariant()) {
      List<String> lowest =
          MultivariantPlaylist.of(playlist).variants().stream()
              .min(Comparator.comparingLong(Variant::bandwidth))
              .map(Variant::uri)
              .stream()
              .toList();
      return new ManifestSurvey(
          Nature.VARIANTS, UNKNOWN, Lineage.NONE, lowest, List.of(), List.of());
    }
    MediaPlaylist media = MediaPlaylist.of(playlist);
    boolean over =
        media.header().is(MediaPlaylist.Trait.ENDED)
            || media.header().type() == MediaPlaylist.Type.VOD;
    long longest = media.segments().stream().mapToLong(Segment::micros).max().orElse(0) / 1000;
    long told = media.header().targetSeconds() * 1000L;
    long target = Math.min(told > 0 ? told : longest > 0 ? longest : USUAL_SEGMENT, LONGEST);
    long part = Math.max(0, media.header().partTarget() / 1000);
    List<String> files = media.segments().stream().map(Segment::uri).distinct().toList();
    return new ManifestSurvey(
        over ? Nature.OVER : Nature.LIVE,
        new Cadence(target, part, target / 2, media.micros() / 1000),
        over ? Lineage.NONE : Lineage.of(media),
        Stream.of(heads(media), files)
            .filter(each -> !each.isEmpty())
            .map(each -> over ? each.getFirst() : each.getLast())
            .toList(),
        List.of(files),
        List.of());
  }

  private static List<String> heads(MediaPlaylist media) {
    return media.segments().stream()
        .map(each -> each.context().map())
        .filter(Objects::nonNull)
        .map(Segment.Map::uri)
        .distinct()
        .toList();
  }

  private static ManifestSurvey dash(ByteBuffer bytes, Instant now) {
    DashInfo info = DashInfo.read(bytes);
    DashSegments segments = DashSegments.read(info, bytes, now);
    long target = Math.min(millis(info.longestSegment()).orElse(USUAL_SEGMENT), LONGEST);
    // Zero says that the segments themselves tell of changes; long times are broken by restarts.
    long update = millis(info.update()).map(it -> Math.min(it, target / 2)).orElse(target / 2);
    long part = millis(info.chunk()).orElse(0L);
    return new ManifestSurvey(
        info.live() ? Nature.LIVE : Nature.OVER,
        new Cadence(target, part, update, millis(info.window()).orElse(0L)),
        new Lineage(info.begun(), 0, List.of()),
        segments.first(),
        segments.lists(),
        segments.series());
  }

  private static Optional<Long> millis(Optional<Duration> told) {
    try {
      return told.map(Duration::toMillis).filter(it -> it > 0);
    } catch (ArithmeticException endless) {
      throw new MalformedMedia("the manifest has a time beyond all bounds");
    }
  }
}
