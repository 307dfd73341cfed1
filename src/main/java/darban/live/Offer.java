package darban.live;

import static java.util.stream.Collectors.toMap;

import darban.media.hls.Attributes;
import darban.media.hls.MediaPlaylist.Report;
import darban.media.hls.MultivariantPlaylist;
import darban.media.hls.Rendition;
import darban.media.hls.Variant;
import darban.media.mp4.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a stream offers as HLS: all its tracks as one playlist. Event loop; for one use. */
final class Offer {
  private static final String SOUND = "sound";

  private final List<TrackView> tracks;
  private final boolean complete;
  private final Map<String, String> playlists;

  /** Of {@code stream}, with the playlists that are made of its tracks. */
  static Offer of(LiveStream stream) {
    return new Offer(
        stream, stream.tracks().stream().map(Track::id).collect(toMap(id -> id, Offer::playlist)));
  }

  /**
   * Of {@code stream}, as it stands, without tracks that its encoder makes no more since it started
   * anew: once it has made enough of others.
   *
   * @param playlists addresses of the playlists of those tracks that are offered
   */
  Offer(LiveStream stream, Map<String, String> playlists) {
    this.playlists = Map.copyOf(playlists);
    List<TrackView> all =
        stream.tracks().stream()
            .map(Track::view)
            .filter(view -> !view.isEmpty() && playlists.containsKey(view.id()))
            .toList();
    Timeline newest = stream.timelines().newest();
    List<TrackView> current = all.stream().filter(view -> view.isOn(newest)).toList();
    boolean settled = current.stream().anyMatch(view -> view.on(newest).isEnough());
    this.tracks = settled ? current : all;
    this.complete = settled || stream.coming() == 0;
  }

  /** Whether there is anything to play: all tracks have a whole segment, and none is to come. */
  boolean ready() {
    return complete && !tracks.isEmpty() && tracks.stream().allMatch(TrackView::playable);
  }

  private static String playlist(String track) {
    return "~/" + track + "/" + Names.MULTIVARIANT;
  }

  private String address(TrackView track) {
    return Objects.requireNonNull(playlists.get(track.id()));
  }

  /**
   * All tracks as one playlist.
   *
   * @param start where players shall begin, in seconds; null where they like
   */
  byte[] multivariant(@Nullable String start) {
    List<TrackView> videos = tracks.stream().filter(TrackView::isVideo).toList();
    List<TrackView> sounds = tracks.stream().filter(Predicate.not(TrackView::isVideo)).toList();
    MultivariantPlaylist.Builder out = MultivariantPlaylist.builder(9);
    if (start != null) {
      out.start(start);
    }
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
    return out.build().bytes();
  }

  private Rendition rendition(TrackView track, boolean main) {
    Attributes.Builder attributes =
        Attributes.builder()
            .word("TYPE", "AUDIO")
            .quoted("GROUP-ID", SOUND)
            .quoted("NAME", track.id());
    if (!track.language().isEmpty()) {
      attributes.quoted("LANGUAGE", track.language());
    }
    attributes.yesOrNo("DEFAULT", main).yes("AUTOSELECT", true);
    return new Rendition(attributes.quoted("URI", address(track)).build());
  }

  private Variant variant(TrackView track, @Nullable TrackView sound) {
    BitRate own = track.rate();
    BitRate all = sound == null ? own : own.and(sound.rate());
    String codecs = sound == null ? track.codecs() : track.codecs() + "," + sound.codecs();
    Attributes.Builder attributes =
        Attributes.builder()
            .number("BANDWIDTH", all.peak())
            .number("AVERAGE-BANDWIDTH", all.average())
            .quoted("CODECS", codecs);
    track.media().stream()
        .map(darban.media.mp4.Track::format)
        .filter(Format.Video.class::isInstance)
        .map(Format.Video.class::cast)
        .findFirst()
        .ifPresent(video -> attributes.word("RESOLUTION", video.width() + "x" + video.height()));
    if (sound != null) {
      attributes.quoted("AUDIO", SOUND);
    }
    return new Variant(attributes.build(), address(track), false);
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
}
