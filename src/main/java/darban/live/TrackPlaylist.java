package darban.live;

import darban.media.hls.MediaPlaylist;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The playlist of a track, which is made once for all who ask for it. Any thread. */
final class TrackPlaylist {
  private final LiveStream stream;
  private final Track track;
  private volatile @Nullable Rendered rendered;

  /** Of {@code track} of {@code stream}. */
  TrackPlaylist(LiveStream stream, Track track) {
    this.stream = stream;
    this.track = track;
  }

  /** The playlist as it stands, in both forms. */
  private record Rendered(long version, ByteBuffer whole, ByteBuffer delta) {}

  /**
   * The playlist as it stands; null while there is no whole segment.
   *
   * @param delta without what players know who ask often
   */
  @Nullable ByteBuffer bytes(boolean delta) {
    Rendered now = rendered;
    if (now == null || now.version != track.version()) {
      TrackView view = track.view();
      if (!view.playable()) {
        return null;
      }
      Names names = new Names(track.serial());
      MediaPlaylist playlist =
          new LivePlaylist(
                  stream.config().cutting(), names, view, Offer.reports(stream, track.id()))
              .playlist();
      now =
          new Rendered(
              view.version(), ByteBuffer.wrap(playlist.bytes()), ByteBuffer.wrap(playlist.delta()));
      rendered = now;
    }
    return delta ? now.delta : now.whole;
  }
}
