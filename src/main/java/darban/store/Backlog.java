package darban.store;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What all fetches of a store have waiting for the disk together, beyond what is set aside for
 * each: what comes first is taken at the origin's speed, and the disk may begin a little later.
 * Bytes. Any thread.
 */
final class Backlog {
  private final LongSupplier most;
  private final AtomicLong waiting = new AtomicLong();

  /**
   * Nothing waits.
   *
   * @param most that may wait, about: whoever finds room adds what it just got
   */
  Backlog(LongSupplier most) {
    this.most = most;
  }

  /** More waits, or less. */
  void add(long bytes) {
    waiting.addAndGet(bytes);
  }

  boolean hasRoom() {
    return waiting.get() < most.getAsLong();
  }

  long waiting() {
    return waiting.get();
  }
}
