package darban.live;

import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/**
 * When a disk that failed is tried again: after a second, and then after ever longer, up to a
 * minute. One worker thread at a time.
 */
final class Pause {
  private static final long LEAST = 1_000_000_000L;
  private static final long MOST = 60 * LEAST;

  private final LongAdder failures;
  private long length;
  private long until;

  /** Nothing has failed; {@code failures} counts what does. */
  Pause(LongAdder failures) {
    this.failures = failures;
  }

  /** What is done with a disk. */
  @FunctionalInterface
  interface Work {
    /** Does it. Blocks. */
    void run() throws IOException;
  }

  /**
   * Does {@code work}, unless it failed a short while ago.
   *
   * @throws IOException when it begins to fail; while it goes on failing that is counted only
   */
  void run(long nanos, Work work) throws IOException {
    if (length > 0 && nanos - until < 0) {
      return;
    }
    try {
      work.run();
    } catch (IOException disk) {
      failures.increment();
      boolean first = length == 0;
      length = Math.min(MOST, Math.max(LEAST, 2 * length));
      until = nanos + length;
      if (first) {
        throw disk;
      }
      return;
    }
    if (nanos - until > length) {
      length = 0;
    }
  }
}
