package darban.protocol;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a body comes fast enough. Looked at on every tick; only time in which its reader wanted
 * bytes counts, so a body is never blamed for a slow reader.
 */
public final class BodyPace {
  /** What is wrong with a body. */
  public enum Slow {
    /** No byte came for too long. */
    STALLED,
    /** Bytes come, but too few for the time. */
    TOO_SLOW
  }

  private long lastTick = -1;
  private long received = -1;
  private long silentNanos;
  private long activeNanos;

  /**
   * Judges the time since the last look.
   *
   * @param now the loop's time
   * @param hungry whether the reader wants bytes
   * @param bytes of the body so far
   * @param silence the longest time without a byte
   * @param minRate bytes per second to be reached after {@code grace}, 0 for none
   */
  public @Nullable Slow look(
      long now, boolean hungry, long bytes, Duration silence, long minRate, Duration grace) {
    long passed = lastTick < 0 ? 0 : now - lastTick;
    lastTick = now;
    if (!hungry || bytes != received) {
      received = bytes;
      silentNanos = 0;
    } else {
      silentNanos += passed;
    }
    if (hungry) {
      activeNanos += passed;
    }
    if (silentNanos > silence.toNanos()) {
      return Slow.STALLED;
    }
    boolean counts = minRate > 0 && activeNanos > grace.toNanos();
    return counts && bytes * 1e9 / activeNanos < minRate ? Slow.TOO_SLOW : null;
  }
}
