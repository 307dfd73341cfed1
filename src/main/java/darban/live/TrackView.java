package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.media.mp4.Codec;
import darban.media.mp4.Track;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a track, as it stands. Its segments that are complete change no more; the lists
 * are copies. Immutable, any thread.
 *
 * @param whole segments that are complete, one after the other
 * @param edge the one after them, in the making, or null
 * @param breaksGone breaks before the first
 */
record TrackView(
    String id,
    long version,
    List<LiveSegment> whole,
    @Nullable LiveSegment edge,
    List<LiveSegment.Part> edgeParts,
    long nextSequence,
    long breaksGone,
    long longestSegment,
    long longestPart,
    boolean cutHere,
    boolean ended) {
  private static final int ENOUGH = 3;

  /** Whether a player can do something with it. */
  boolean playable() {
    return !whole.isEmpty();
  }

  /** Whether players wait no longer for other tracks. */
  boolean isEnough() {
    return whole.size() >= ENOUGH;
  }

  /** Whether there is nothing in it yet, and may be soon. */
  boolean isComing() {
    return isEmpty() && !ended;
  }

  /** What of it is on {@code timeline}. */
  TrackView on(@Nullable Timeline timeline) {
    return new TrackView(
        id,
        version,
        whole.stream().filter(each -> each.timeline == timeline).toList(),
        edge,
        edgeParts,
        nextSequence,
        breaksGone,
        longestSegment,
        longestPart,
        cutHere,
        ended);
  }

  /** What its newest segment consists of. */
  List<Track> media() {
    return whole.getLast().head.movie().movie().tracks();
  }

  /** Whether there are pictures in it. */
  boolean isVideo() {
    return media().stream().anyMatch(Track::isVideo);
  }

  /** Whether there is sound in it. */
  boolean isAudio() {
    return media().stream().anyMatch(Track::isAudio);
  }

  String codecs() {
    return media().stream()
        .map(Track::codec)
        .map(Codec::name)
        .distinct()
        .collect(Collectors.joining(","));
  }

  /** What is spoken in it; empty where that is not told. */
  String language() {
    String language = media().getFirst().labels().language();
    return language.equals("und") ? "" : language;
  }

  BitRate rate() {
    return BitRate.of(whole);
  }

  /** Its last segment, or that which is being made. */
  long lastSequence() {
    return edge != null && !edgeParts.isEmpty() ? edge.sequence : nextWhole() - 1;
  }

  /** The number of the segment behind those that are complete. */
  long nextWhole() {
    return whole.isEmpty()
        ? edge == null ? nextSequence : edge.sequence
        : whole.getLast().sequence + 1;
  }

  /** Whether there is nothing in it, nor begun. */
  boolean isEmpty() {
    return whole.isEmpty() && edge == null;
  }

  /** Whether it has or makes segments of {@code timeline}. */
  boolean isOn(@Nullable Timeline timeline) {
    LiveSegment last = edge != null ? edge : whole.isEmpty() ? null : whole.getLast();
    return last != null && last.timeline == timeline;
  }

  /**
   * Whether the playlist holds a part, or all of a segment where {@code part} is below 0; fails
   * where that is too far ahead (RFC 8216bis §6.2.5.2).
   */
  boolean reaches(long sequence, long part) {
    if (ended) {
      return true;
    }
    long next = nextWhole();
    if (sequence > next + 1) {
      throw Failure.of(Kind.BAD_REQUEST, "that segment is too far ahead");
    }
    if (sequence < next - 1 || part < 0) {
      return sequence < next;
    }
    if (sequence == next - 1) {
      boolean within = !whole.isEmpty() && part < whole.getLast().parts.size();
      // A part beyond the last of its segment is the first of the next one.
      return within || !edgeParts.isEmpty();
    }
    return sequence == next && edgeParts.size() > part;
  }
}
