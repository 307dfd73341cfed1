package darban.live;

import darban.media.cmaf.Chunk;
import java.util.Optional;

/**
 * How the times of a stream's media stand to the time of day, from one start of its encoder to the
 * next. Immutable, any thread.
 *
 * @param serial of no other
 * @param zero when media time zero was, in milliseconds since 1970
 * @param base media time at which the first segment began, in microseconds
 */
record Timeline(long serial, long zero, long base) {
  /** Another track of the same encoder is no further off. */
  private static final long SAME = 3000;

  /** A producer's clock that is further off is not believed. */
  private static final long BELIEVABLE = 10_000;

  /**
   * When media time zero was, by a chunk that comes at {@code now}: its producer says it, or else
   * it was made when its last sample was.
   */
  static long zero(Chunk chunk, LiveSegment.Times times, long now) {
    long arrived = now - times.end() / 1000;
    Optional<Chunk.ProducerTime> told = chunk.producerTime();
    if (told.isPresent()) {
      long made = told.get().millis() - told.get().mediaTime() * 1000 / times.timescale();
      if (Math.abs(made - arrived) < BELIEVABLE) {
        return made;
      }
    }
    return arrived;
  }

  /** Whether a chunk by which media time zero was at {@code zero} is of this one. */
  boolean holds(long zero) {
    return Math.abs(zero - this.zero) < SAME;
  }

  /**
   * Whether a chunk by which media time zero was at {@code zero} came before it was due: what was
   * kept somewhere comes as fast as it can.
   */
  boolean isAhead(long zero) {
    return zero < this.zero;
  }

  /** The time of day at a media time in microseconds, in milliseconds since 1970. */
  long wall(long micros) {
    return zero + micros / 1000;
  }
}
