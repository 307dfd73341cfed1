package darban.media.edge;

import darban.media.MalformedMedia;
import darban.media.dash.DashInfo;
import darban.media.hls.HlsPlaylist;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.MultivariantPlaylist;
import darban.media.hls.Segment;
import darban.media.hls.Variant;
import java.nio.ByteBuffer;
import java.time.Duration;
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
 * @param heads what goes before segments, as the manifest names it
 * @param files what players will ask for one after the other: the segments of a playlist, the
 *     lowest of a list of variants
 */
public record ManifestSurvey(
    Nature nature, Cadence cadence, Lineage lineage, List<String> heads, List<String> files) {
  private static final Cadence UNKNOWN = new Cadence(0, 0, 0, 0);
  private static final long USUAL_SEGMENT = 2_000;

  /** Longer segments are none of anything live. */
  private static final long LONGEST = 60_000;

  public ManifestSurvey {
    heads = List.copyOf(heads);
    files = List.copyOf(files);
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
   * What players ask for first: they begin at the start of a recording, and near the end of what is
   * live.
   */
  public List<String> first() {
    boolean atTheEnd = live();
    return Stream.of(heads, files)
        .filter(each -> !each.isEmpty())
        .map(each -> atTheEnd ? each.getLast() : each.getFirst())
        .toList();
  }

  /** Reads a manifest. */
  public static ManifestSurvey of(ManifestKind kind, ByteBuffer bytes) {
    return kind == ManifestKind.HLS ? hls(HlsPlaylist.read(bytes)) : dash(DashInfo.read(bytes));
  }

  private static ManifestSurvey hls(HlsPlaylist playlist) {
    if (playlist.multivariant()) {
      List<String> lowest =
          MultivariantPlaylist.of(playlist).variants().stream()
              .min(Comparator.comparingLong(Variant::bandwidth))
              .map(Variant::uri)
              .stream()
              .toList();
      return new ManifestSurvey(Nature.VARIANTS, UNKNOWN, Lineage.NONE, List.of(), lowest);
    }
    MediaPlaylist media = MediaPlaylist.of(playlist);
    boolean over =
        media.header().is(MediaPlaylist.Trait.ENDED)
            || media.header().type() == MediaPlaylist.Type.VOD;
    long longest = media.segments().stream().mapToLong(Segment::micros).max().orElse(0) / 1000;
    long told = media.header().targetSeconds() * 1000L;
    long target = Math.min(told > 0 ? told : longest > 0 ? longest : USUAL_SEGMENT, LONGEST);
    long part = Math.max(0, media.header().partTarget() / 1000);
    return new ManifestSurvey(
        over ? Nature.OVER : Nature.LIVE,
        new Cadence(target, part, target / 2, media.micros() / 1000),
        over ? Lineage.NONE : Lineage.of(media),
        heads(media),
        media.segments().stream().map(Segment::uri).distinct().toList());
  }

  private static List<String> heads(MediaPlaylist media) {
    return media.segments().stream()
        .map(each -> each.context().map())
        .filter(Objects::nonNull)
        .map(Segment.Map::uri)
        .distinct()
        .toList();
  }

  private static ManifestSurvey dash(DashInfo info) {
    long target = Math.min(millis(info.longestSegment()).orElse(USUAL_SEGMENT), LONGEST);
    // Zero says that the segments themselves tell of changes; long times are broken by restarts.
    long update = millis(info.update()).map(it -> Math.min(it, target / 2)).orElse(target / 2);
    long part = millis(info.chunk()).orElse(0L);
    return new ManifestSurvey(
        info.live() ? Nature.LIVE : Nature.OVER,
        new Cadence(target, part, update, millis(info.window()).orElse(0L)),
        new Lineage(info.begun(), 0, List.of()),
        List.of(),
        List.of());
  }

  private static Optional<Long> millis(Optional<Duration> told) {
    try {
      return told.map(Duration::toMillis).filter(it -> it > 0);
    } catch (ArithmeticException endless) {
      throw new MalformedMedia("the manifest has a time beyond all bounds");
    }
  }
}
