package darban.live;

import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sequence;

/**
 * A track of a stream as one body without end: what goes before its segments, and then one after
 * the other as it comes. So it is sent on to another origin, and fetched from one. Any thread.
 */
public final class Feed {
  private final LiveStream stream;
  private final Track track;

  /** Of {@code track} of {@code stream}. */
  Feed(LiveStream stream, Track track) {
    this.stream = stream;
    this.track = track;
  }

  /** Where a body begins. */
  public sealed interface From {
    /** With the segment that came so many before the newest. */
    record Back(int segments) implements From {}

    /** Behind a time of the media, in microseconds, if that is to be had. */
    record After(long micros) implements From {}
  }

  /** What the track is called. */
  public String track() {
    return track.id();
  }

  /** A name to upload it by, so that it is a track of this name there. */
  public String file() {
    return FileName.ofTrack(track.id());
  }

  /** Told apart by it from tracks of the same name before it. */
  public long serial() {
    return track.serial();
  }

  /** Whether nothing more will come. */
  public boolean isOver() {
    return track.view().ended() || stream.track(track.id()) != track;
  }

  /** When the last of it ends that there is, in microseconds of the media; -1 without. */
  public long end() {
    TrackView view = track.view();
    LiveSegment edge = view.edge();
    if (edge != null) {
      return edge.start + view.edgeParts().stream().mapToLong(LiveSegment.Part::micros).sum();
    }
    return view.playable() ? view.whole().getLast().end : -1;
  }

  /** All of it, on {@code loop}: a reader that is too slow goes on with the newest segment. */
  public Body.Stream body(Loop loop, From from) {
    return new Sequence(loop, new FeedParts(stream, track, loop, from), -1);
  }
}
