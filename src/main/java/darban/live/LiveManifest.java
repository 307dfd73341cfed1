package darban.live;

import darban.media.dash.AdaptationSet;
import darban.media.dash.Addressing;
import darban.media.dash.DashManifest;
import darban.media.dash.DashManifest.Period;
import darban.media.dash.Live;
import darban.media.dash.Representation;
import darban.media.mp4.Format;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All tracks of a stream as a manifest of DASH, with a period for each start of its encoder. Event
 * loop; for one use.
 *
 * <p>A manifest counts from the timeline that was the newest when its player came, which it says in
 * the address where it is to be asked for again: nothing that the player knows changes when the
 * encoder starts anew, or this process, and who comes later need not know that it did.
 */
final class LiveManifest {
  private static final long FEWEST_MILLIS = 500;
  private static final long LATENCY = 2000;
  private static final int MICROS = 1_000_000;
  private static final String FOLDER = "~/$RepresentationID$/";

  private final LiveStream stream;
  private final Directives.Since since;
  private final @Nullable String start;
  private final String query;
  private final boolean returning;
  private final List<Era> eras = new ArrayList<>();

  /**
   * From one start of the encoder to the next.
   *
   * @param tracks that have whole segments of it
   */
  private record Era(Timeline timeline, List<TrackView> tracks) {
    List<TrackView> videos() {
      return tracks.stream().filter(TrackView::isVideo).toList();
    }

    boolean ended() {
      return tracks.stream().allMatch(TrackView::ended);
    }

    /** Up to when all tracks have something, in milliseconds since 1970. */
    long end() {
      return tracks.stream()
          .mapToLong(track -> timeline.wall(track.whole().getLast().end))
          .min()
          .orElseThrow();
    }

    /** How long segments are, on average, in microseconds rounded to milliseconds. */
    long measured() {
      List<LiveSegment> all =
          (videos().isEmpty() ? tracks : videos())
              .stream().flatMap(track -> track.whole().stream()).toList();
      long micros = all.stream().mapToLong(LiveSegment::micros).sum() / all.size();
      return Math.max(FEWEST_MILLIS, (micros + 500) / 1000) * 1000;
    }
  }

  /**
   * Of {@code stream} as it stands, with some of its {@code timelines}.
   *
   * @param asked how; from where it was counted before may be forgotten here
   */
  static LiveManifest of(LiveStream stream, List<Timeline> timelines, Directives asked) {
    Timeline known = timelines.getFirst();
    Directives.Since first = new Directives.Since(known.serial(), begin(known), null);
    return new LiveManifest(stream, timelines, first.orEarlier(asked.since()), asked);
  }

  private LiveManifest(
      LiveStream stream, List<Timeline> timelines, Directives.Since since, Directives asked) {
    this.stream = stream;
    this.since = since;
    this.start = asked.start();
    this.query = asked.others();
    this.returning = asked.since() != null;
    List<TrackView> all = stream.tracks().stream().map(Track::view).toList();
    for (Timeline each : timelines) {
      List<TrackView> shown =
          all.stream().map(track -> track.on(each)).filter(TrackView::playable).toList();
      boolean newest = each == timelines.getLast();
      long coming =
          Math.max(
              stream.coming() + all.stream().filter(track -> track.isOn(each)).count(),
              eras.isEmpty() ? 0 : eras.getLast().tracks.size());
      boolean enough = shown.stream().anyMatch(TrackView::isEnough);
      if (!shown.isEmpty() && (!newest || enough || shown.size() >= coming)) {
        eras.add(new Era(each, shown));
      }
    }
  }

  /** The manifest; null while there is nothing whole yet. */
  @Nullable ByteBuffer bytes(long now) {
    if (eras.isEmpty()) {
      return null;
    }
    Era last = eras.getLast();
    long measured = last.measured();
    List<Period> periods = forgotten();
    for (Era each : eras) {
      long start = periods.isEmpty() ? 0 : periods.getLast().start() + 1;
      start = Math.max(start, begin(each.timeline) - since.begin());
      // Players do not wait for what an encoder that has died left out.
      long length = each == last ? 0 : Math.max(1, each.end() - begin(each.timeline));
      // How segments of an era are found stays as it was when it is over, for players who were
      // there: Shaka breaks if it changes.
      boolean clocked = each != last || (each.ended() ? returning : !isLate(each, now));
      String id = Names.text(each.timeline.serial());
      periods.add(
          new Period(
              id, start, length, sets(each, (of, grid) -> addressing(of, each, grid, clocked))));
    }
    DashManifest manifest =
        last.ended()
            ? DashManifest.recording(
                periods.getLast().start() + last.end() - begin(last.timeline),
                measured / 1000,
                periods)
            : DashManifest.live(
                live(last, now, periods.getLast().start()), measured / 1000, periods);
    return ByteBuffer.wrap(manifest.bytes());
  }

  /** Whether a segment that the clock tells has not even begun: nobody shall ask for it. */
  private boolean isLate(Era era, long now) {
    return era.tracks.stream()
        .map(track -> Objects.requireNonNull(stream.track(track.id())))
        .anyMatch(track -> track.places().isLate(era.timeline.serial(), now));
  }

  /** When a timeline began, in milliseconds since 1970. */
  private static long begin(Timeline timeline) {
    return timeline.wall(timeline.base());
  }

  private Live live(Era last, long now, long begin) {
    long part = last.tracks.stream().mapToLong(TrackView::longestPart).max().orElse(0) / 1000;
    long chunk = stream.config().cutting().lowLatency() ? part : 0;
    long window = stream.config().ring().window().toMillis();
    String told = since.andTold(last.timeline.serial(), begin).text();
    long behind = start == null ? LATENCY : behind(start, now, window);
    // Told so, it is as far from live at every update.
    String from = start == null ? "" : "start=-" + BigDecimal.valueOf(behind, 3) + "&";
    String again = Names.MANIFEST + "?" + query + from + Names.SINCE + told;
    return new Live(since.begin(), now, LATENCY, window, behind, chunk, again, Names.CLOCK);
  }

  /**
   * How far behind live players are to be who begin at {@code start}, in milliseconds. Nothing else
   * in a manifest says where to begin. What is about to leave the window is too late to begin with.
   */
  private long behind(String start, long now, long window) {
    long millis = new BigDecimal(start).movePointRight(3).longValue();
    long age = now - oldest();
    long most = Math.min(age, window - 2 * eras.getLast().measured() / 1000);
    return Math.clamp(millis < 0 ? -millis : age - millis, LATENCY, Math.max(LATENCY, most));
  }

  /** When the oldest of what there is began, in milliseconds since 1970. */
  private long oldest() {
    Era first = eras.getFirst();
    long micros =
        first.tracks.stream()
            .mapToLong(track -> track.whole().getFirst().start)
            .max()
            .orElseThrow();
    return first.timeline.wall(micros);
  }

  /**
   * What earlier processes told of, the oldest and the newest: players that are in it still must be
   * told that it ends, or they wait for more of it.
   */
  private List<Period> forgotten() {
    List<Period> periods = new ArrayList<>();
    if (stream.timelines().isBefore(since.timeline())) {
      periods.add(forgotten(since.timeline(), 0));
      Directives.Since.Told told = since.told();
      long next = begin(eras.getFirst().timeline) - since.begin();
      if (told != null
          && told.timeline() > since.timeline()
          && stream.timelines().isBefore(told.timeline())
          && told.start() > 0
          && told.start() < next) {
        periods.add(forgotten(told.timeline(), told.start()));
      }
    }
    return periods;
  }

  /** It had the tracks of what came next, as far as anybody knows. */
  private Period forgotten(long timeline, long start) {
    Era next = eras.getFirst();
    return new Period(
        Names.text(timeline),
        start,
        0,
        sets(next, (of, grid) -> numbered(timeline, next.timeline.base(), grid)));
  }

  /** How segments of some tracks, each about as many microseconds long, are found. */
  private interface Finding {
    Addressing of(List<TrackView> tracks, long measured);
  }

  private List<AdaptationSet> sets(Era era, Finding finding) {
    List<AdaptationSet> sets = new ArrayList<>();
    long measured = era.measured();
    List<TrackView> videos = era.videos();
    if (!videos.isEmpty()) {
      sets.add(set(AdaptationSet.Kind.VIDEO, videos, finding.of(videos, measured)));
    }
    for (TrackView each : era.tracks) {
      if (!each.isVideo()) {
        long grid = each.cutHere() ? stream.config().cutting().grid() : measured;
        List<TrackView> alone = List.of(each);
        sets.add(set(AdaptationSet.Kind.AUDIO, alone, finding.of(alone, grid)));
      }
    }
    return sets;
  }

  /** Numbers that the clock tells, where segments are all about as long; else a list. */
  private Addressing addressing(List<TrackView> of, Era era, long measured, boolean clocked) {
    Timeline timeline = era.timeline;
    boolean regular = clocked;
    long grid = measured;
    for (TrackView each : clocked ? of : List.<TrackView>of()) {
      grid = Objects.requireNonNull(stream.track(each.id())).places().grid(timeline, measured);
      regular &= isRegular(each, grid);
    }
    return regular
        ? numbered(timeline.serial(), timeline.base(), grid)
        : new Addressing.Timeline(
            MICROS,
            timeline.base(),
            FOLDER + Names.start(timeline.serial()),
            FOLDER + Names.timed(timeline.serial()),
            0,
            runs(of.getFirst()));
  }

  private static Addressing numbered(long timeline, long base, long grid) {
    return new Addressing.Numbered(
        MICROS, grid, base, FOLDER + Names.start(timeline), FOLDER + Names.numbered(timeline), 0);
  }

  private static boolean isRegular(TrackView track, long grid) {
    long before = -1;
    for (LiveSegment each : track.whole()) {
      long number = Places.number(each, grid);
      if (before >= 0 && number != before + 1 && !each.discontinuity) {
        return false;
      }
      before = number;
    }
    return true;
  }

  private static List<Addressing.Run> runs(TrackView track) {
    return track.whole().stream()
        .map(each -> new Addressing.Run(each.start, each.micros(), 1))
        .toList();
  }

  private static AdaptationSet set(
      AdaptationSet.Kind kind, List<TrackView> of, Addressing addressing) {
    AdaptationSet.Labels labels = new AdaptationSet.Labels(of.getFirst().language(), "", true);
    return new AdaptationSet(
        kind, labels, of.stream().map(LiveManifest::representation).toList(), addressing);
  }

  private static Representation representation(TrackView track) {
    darban.media.mp4.Track shown =
        track.media().stream()
            .filter(darban.media.mp4.Track::isVideo)
            .findFirst()
            .orElse(track.media().getFirst());
    Representation.Format format =
        switch (shown.format()) {
          case Format.Video video ->
              new Representation.Video(
                  video.width(), video.height(), video.sarWidth() + ":" + video.sarHeight(), "");
          case Format.Audio audio -> new Representation.Audio(audio.channels(), audio.rate());
          case Format.Text text -> new Representation.Text();
          case Format.Other other -> new Representation.Text();
        };
    return new Representation(track.id(), track.rate().peak(), track.codecs(), format);
  }
}
