package darban.store.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The one who writes. So body, then journal, then telling that it is stored, happen in the order of
 * the calls, and no file needs a lock. Writes to a busy disk block its thread, as they should, and
 * nothing else. Any thread may hand it tasks.
 */
final class Writer {
  private static final Logger LOG = Logger.getLogger("darban");
  private static final int TASKS_PER_FLUSH = 128;

  private final ExecutorService thread;
  private final Runnable flush;
  private final BooleanSupplier force;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong pending = new AtomicLong();
  private final List<Runnable> afterFlush = new ArrayList<>();
  private final List<Consumer<Boolean>> afterForce = new ArrayList<>();
  private int unflushed;

  /**
   * Flushes whenever there is nothing else to do, and now and then.
   *
   * @param force flushes so that it outlives a loss of power; whether it could
   */
  Writer(ExecutorService thread, Runnable flush, BooleanSupplier force) {
    this.thread = thread;
    this.flush = flush;
    this.force = force;
  }

  /** Bytes of bodies that wait. */
  long pending() {
    return pending.get();
  }

  /** Runs {@code work} after all that was handed in before. */
  void execute(long bytes, Runnable work) {
    waiting.incrementAndGet();
    pending.addAndGet(bytes);
    thread.execute(() -> turn(bytes, work));
  }

  private void turn(long bytes, Runnable work) {
    perform(work);
    pending.addAndGet(-bytes);
    unflushed++;
    if (waiting.decrementAndGet() == 0 || unflushed >= TASKS_PER_FLUSH) {
      unflushed = 0;
      flush();
    }
  }

  /** On its own thread: runs {@code work} when the journal is with the system. */
  void afterFlush(Runnable work) {
    afterFlush.add(work);
  }

  /** On its own thread: tells {@code work} whether what was written outlives a loss of power. */
  void afterForce(Consumer<Boolean> work) {
    afterForce.add(work);
  }

  private void flush() {
    if (afterForce.isEmpty()) {
      perform(flush);
    } else {
      // Once for all who wait for it.
      boolean forced = force.getAsBoolean();
      List<Consumer<Boolean>> now = List.copyOf(afterForce);
      afterForce.clear();
      now.forEach(each -> perform(() -> each.accept(forced)));
    }
    if (!afterFlush.isEmpty()) {
      List<Runnable> now = List.copyOf(afterFlush);
      afterFlush.clear();
      now.forEach(Writer::perform);
    }
  }

  /** A bug in one task must not end the thread. */
  private static void perform(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error bug) {
      LOG.log(Level.SEVERE, "a task of the disk cache failed", bug);
    }
  }
}
