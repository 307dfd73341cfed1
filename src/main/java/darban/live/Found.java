package darban.live;

import java.util.Optional;
import java.util.function.Function;

/**
 * Bytes that are found: a part of a clip, held once. Immutable, any thread.
 *
 * @param to behind the last byte; -1 for its end, wherever that is
 */
record Found(Clip clip, long from, long to) {
  /** A part of a segment, if there is one; its bounds are told by {@code bounds}. */
  static Found of(Optional<LiveSegment> segment, Function<LiveSegment, long[]> bounds) {
    LiveSegment there = segment.orElseThrow(LiveStream::notFound);
    long[] span = bounds.apply(there);
    if (!there.clip.retain()) {
      throw LiveStream.notFound();
    }
    return new Found(there.clip, span[0], span[1]);
  }

  /** All of a segment. */
  static long[] all(LiveSegment segment) {
    return new long[] {0, segment.closed && !segment.clip.isWhole() ? segment.bytes() : -1};
  }
}
