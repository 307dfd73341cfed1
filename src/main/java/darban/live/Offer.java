package darban.live;

import darban.media.dash.AdaptationSet;
import darban.media.dash.Addressing;
import darban.media.dash.DashManifest;
import darban.media.dash.Live;
import darban.media.dash.Representation;
import darban.media.hls.Attributes;
import darban.media.hls.MediaPlaylist.Report;
import darban.media.hls.MultivariantPlaylist;
import darban.media.hls.Rendition;
import darban.media.hls.Variant;
import darban.media.mp4.Codec;
import darban.media.mp4.Format;
import darban.media.mp4.Track.Labels;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a stream offers: all its tracks, as playlists and as a manifest. Event loop; for one use.
 */
final class Offer {
  private static final String SOUND = "sound";
  private static final long FEWEST_MILLIS = 500;
  private static final long LATENCY = 2000;
  private static final int MICROS = 1_000_000;

  private final LiveStream stream;
  private final List<TrackView> tracks;

  /**
   * Of {@code stream}, as it stands: of tracks that no encoder makes any more only if all are so.
   */
  Offer(LiveStream stream) {
    this.stream = stream;
    List<TrackView> all =
        stream.tracks().stream().map(Track::view).filter(view -> !view.isEmpty()).toList();
    Timeline newest = stream.timeline();
    List<TrackView> current = all.stream().filter(view -> view.isOn(newest)).toList();
    this.tracks = current.isEmpty() ? all : current;
  }

  /** Whether there is anything to play: all tracks have a whole segment. */
  boolean ready() {
    return !tracks.isEmpty() && tracks.stream().allMatch(TrackView::playable);
  }

  private static List<darban.media.mp4.Track> media(TrackView track) {
    return track.whole().getLast().head.movie().movie().tracks();
  }

  private static boolean isVideo(TrackView track) {
    return media(track).stream().anyMatch(darban.media.mp4.Track::isVideo);
  }

  private static String codecs(TrackView track) {
    return media(track).stream()
        .map(darban.media.mp4.Track::codec)
        .map(Codec::name)
        .distinct()
        .collect(Collectors.joining(","));
  }

  private static Labels labels(TrackView track) {
    return media(track).getFirst().labels();
  }

  /** Bits a second of the segments at hand: at the most, and on average. */
  private record BitRate(long peak, long average) {
    static BitRate of(TrackView track) {
      long peak = 0;
      long bits = 0;
      long micros = 0;
      for (LiveSegment each : track.whole()) {
        long length = Math.max(1, each.micros());
        peak = Math.max(peak, each.bytes() * 8 * 1_000_000 / length);
        bits += each.bytes() * 8;
        micros += length;
      }
      return new BitRate(Math.max(1, peak), Math.max(1, bits * 1_000_000 / Math.max(1, micros)));
    }

    BitRate and(BitRate other) {
      return new BitRate(peak + other.peak, average + other.average);
    }
  }

  // HLS

  private static String playlist(TrackView track) {
    return "~/" + track.id() + "/" + Names.MULTIVARIANT;
  }

  /** All tracks as one playlist. */
  ByteBuffer multivariant() {
    List<TrackView> videos = tracks.stream().filter(Offer::isVideo).toList();
    List<TrackView> sounds = tracks.stream().filter(Predicate.not(Offer::isVideo)).toList();
    MultivariantPlaylist.Builder out = MultivariantPlaylist.builder(9);
    boolean apart = !videos.isEmpty();
    @Nullable TrackView sound = apart && !sounds.isEmpty() ? sounds.getFirst() : null;
    if (apart) {
      for (TrackView each : sounds) {
        out.rendition(rendition(each, each == sound));
      }
    }
    for (TrackView each : apart ? videos : sounds) {
      out.variant(variant(each, sound));
    }
    return ByteBuffer.wrap(out.build().bytes());
  }

  private static Rendition rendition(TrackView track, boolean main) {
    Labels labels = labels(track);
    boolean told = !labels.language().equals("und") && !labels.language().isEmpty();
    Attributes.Builder attributes =
        Attributes.builder()
            .word("TYPE", "AUDIO")
            .quoted("GROUP-ID", SOUND)
            .quoted("NAME", track.id());
    if (told) {
      attributes.quoted("LANGUAGE", labels.language());
    }
    attributes.yes("DEFAULT", main).yes("AUTOSELECT", true);
    return new Rendition(attributes.quoted("URI", playlist(track)).build());
  }

  private static Variant variant(TrackView track, @Nullable TrackView sound) {
    BitRate own = BitRate.of(track);
    BitRate all = sound == null ? own : own.and(BitRate.of(sound));
    String codecs = sound == null ? codecs(track) : codecs(track) + "," + codecs(sound);
    Attributes.Builder attributes =
        Attributes.builder()
            .number("BANDWIDTH", all.peak)
            .number("AVERAGE-BANDWIDTH", all.average)
            .quoted("CODECS", codecs);
    media(track).stream()
        .map(darban.media.mp4.Track::format)
        .filter(Format.Video.class::isInstance)
        .map(Format.Video.class::cast)
        .findFirst()
        .ifPresent(video -> attributes.word("RESOLUTION", video.width() + "x" + video.height()));
    if (sound != null) {
      attributes.quoted("AUDIO", SOUND);
    }
    return new Variant(attributes.build(), playlist(track), false);
  }

  /** The newest of all tracks but one, for the playlist of that one. */
  static List<Report> reports(LiveStream stream, String but) {
    List<Report> reports = new ArrayList<>();
    for (Track each : stream.tracks()) {
      TrackView view = each.view();
      if (!each.id().equals(but) && view.playable()) {
        long last = view.lastSequence();
        boolean edge = view.edge() != null && !view.edgeParts().isEmpty();
        int parts = edge ? view.edgeParts().size() : view.whole().getLast().parts.size();
        reports.add(new Report("../" + each.id() + "/" + Names.MULTIVARIANT, last, parts - 1));
      }
    }
    return reports;
  }

  // DASH

  /** All tracks as one manifest; null while there is nothing whole since the encoder started. */
  @Nullable ByteBuffer manifest(long now) {
    Timeline timeline = stream.timeline();
    if (timeline == null) {
      return null;
    }
    List<TrackView> current =
        tracks.stream().filter(track -> track.whole().getLast().timeline == timeline).toList();
    if (current.size() < tracks.size()) {
      return null;
    }
    boolean ended = current.stream().allMatch(TrackView::ended);
    List<TrackView> videos = current.stream().filter(Offer::isVideo).toList();
    long measured = measured(timeline, videos.isEmpty() ? current : videos);
    List<AdaptationSet> sets = new ArrayList<>();
    if (!videos.isEmpty()) {
      sets.add(
          set(AdaptationSet.Kind.VIDEO, videos, addressing(videos, timeline, measured, ended)));
    }
    for (TrackView each : current) {
      List<TrackView> only = List.of(each);
      if (!isVideo(each)) {
        long grid = each.cutHere() ? stream.config().cutting().grid() : measured;
        sets.add(set(AdaptationSet.Kind.AUDIO, only, addressing(only, timeline, grid, ended)));
      }
    }
    long longest = current.stream().mapToLong(TrackView::longestSegment).max().orElse(0);
    DashManifest manifest =
        ended
            ? DashManifest.recording(length(current, timeline), longest / 1000, sets)
            : DashManifest.live(live(current, timeline, now), measured / 1000, sets);
    return ByteBuffer.wrap(manifest.bytes());
  }

  /** How long segments are, on average, in microseconds rounded to milliseconds. */
  private static long measured(Timeline timeline, List<TrackView> of) {
    List<LiveSegment> all =
        of.stream()
            .flatMap(track -> track.whole().stream())
            .filter(each -> each.timeline == timeline)
            .toList();
    long micros = all.stream().mapToLong(LiveSegment::micros).sum() / all.size();
    return Math.max(FEWEST_MILLIS, (micros + 500) / 1000) * 1000;
  }

  private static long length(List<TrackView> current, Timeline timeline) {
    return current.stream()
        .mapToLong(track -> (track.whole().getLast().end - timeline.base()) / 1000)
        .max()
        .orElse(0);
  }

  private Live live(List<TrackView> current, Timeline timeline, long now) {
    long part = current.stream().mapToLong(TrackView::longestPart).max().orElse(0) / 1000;
    long chunk = stream.config().cutting().lowLatency() ? part : 0;
    long window = stream.config().ring().window().toMillis();
    long start = timeline.wall(timeline.base());
    return new Live(start, now, LATENCY, window, LATENCY, chunk, Names.CLOCK);
  }

  /** Numbers that the clock tells, where segments are all about as long; else a list. */
  private Addressing addressing(
      List<TrackView> of, Timeline timeline, long measured, boolean ended) {
    String folder = "~/$RepresentationID$/";
    String start = folder + Names.start(timeline.serial());
    boolean regular = !ended;
    long grid = measured;
    for (TrackView each : of) {
      grid = java.util.Objects.requireNonNull(stream.track(each.id())).grid(timeline, measured);
      regular &= isRegular(each, timeline, grid);
    }
    return regular
        ? new Addressing.Numbered(
            MICROS, grid, timeline.base(), start, folder + Names.numbered(timeline.serial()), 0)
        : new Addressing.Timeline(
            MICROS,
            timeline.base(),
            start,
            folder + Names.timed(timeline.serial()),
            0,
            runs(of.getFirst(), timeline));
  }

  private static boolean isRegular(TrackView track, Timeline timeline, long grid) {
    long before = -1;
    for (LiveSegment each : track.whole()) {
      if (each.timeline == timeline) {
        long number = Track.number(each, grid);
        if (before >= 0 && number != before + 1 && !each.discontinuity) {
          return false;
        }
        before = number;
      }
    }
    return true;
  }

  private static List<Addressing.Run> runs(TrackView track, Timeline timeline) {
    List<Addressing.Run> runs = new ArrayList<>();
    for (LiveSegment each : track.whole()) {
      if (each.timeline == timeline) {
        runs.add(new Addressing.Run(each.start, each.micros(), 1));
      }
    }
    return runs;
  }

  private static AdaptationSet set(
      AdaptationSet.Kind kind, List<TrackView> of, Addressing addressing) {
    String language = labels(of.getFirst()).language();
    AdaptationSet.Labels labels =
        new AdaptationSet.Labels(language.equals("und") ? "" : language, "", true);
    return new AdaptationSet(
        kind, labels, of.stream().map(Offer::representation).toList(), addressing);
  }

  private static Representation representation(TrackView track) {
    darban.media.mp4.Track shown =
        media(track).stream()
            .filter(darban.media.mp4.Track::isVideo)
            .findFirst()
            .orElse(media(track).getFirst());
    Representation.Format format =
        switch (shown.format()) {
          case Format.Video video ->
              new Representation.Video(
                  video.width(), video.height(), video.sarWidth() + ":" + video.sarHeight(), "");
          case Format.Audio audio -> new Representation.Audio(audio.channels(), audio.rate());
          case Format.Text text -> new Representation.Text();
          case Format.Other other -> new Representation.Text();
        };
    return new Representation(track.id(), BitRate.of(track).peak, codecs(track), format);
  }
}
