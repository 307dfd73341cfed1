package darban.store.disk;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one who writes. So body, then journal, then telling that it is stored, happen in the order of
 * the calls, and no file needs a lock. Writes to a busy disk block its thread, as they should, and
 * nothing else. Any thread may hand it tasks.
 */
final class Writer {
  private static final Logger LOG = Logger.getLogger("darban");
  private static final int TASKS_PER_FLUSH = 128;
  static final Duration REST = Duration.ofMillis(50);

  /** With so many tasks there is no rest, nor with so many bytes. */
  private static final int MANY = 16;

  private static final long MUCH = 2 << 20;

  private final ExecutorService thread;
  private final Runnable flush;
  private final BooleanSupplier force;
  private final Duration rest;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong pending = new AtomicLong();
  private final List<Runnable> afterFlush = new ArrayList<>();
  private final List<Consumer<Boolean>> afterForce = new ArrayList<>();
  private final AtomicLong tasks = new AtomicLong();
  private final AtomicLong hurried = new AtomicLong();
  private volatile @Nullable Thread resting;
  private boolean working;
  private int unflushed;

  /**
   * Flushes whenever there is nothing else to do, and now and then.
   *
   * @param force flushes so that it outlives a loss of power; whether it could
   * @param rest how long large bodies wait that come when there is nothing to do
   */
  Writer(ExecutorService thread, Runnable flush, BooleanSupplier force, Duration rest) {
    this.thread = thread;
    this.flush = flush;
    this.force = force;
    this.rest = rest;
  }

  /** Bytes of bodies that wait. */
  long pending() {
    return pending.get();
  }

  /** Runs {@code work} after all that was handed in before. */
  void execute(long bytes, Runnable work) {
    tasks.incrementAndGet();
    handIn(bytes, () -> turn(bytes, work));
  }

  /**
   * As {@link #execute}, yet a writer who had nothing to do rests for a moment before: who brought
   * the bytes has the processor, for a client that waits for them.
   */
  void executeAtLeisure(long bytes, Runnable work) {
    long number = tasks.incrementAndGet();
    handIn(
        bytes,
        () -> {
          rest(number);
          turn(bytes, work);
        });
  }

  /** Somebody waits for what was handed in until now: there is no rest before that is done. */
  void hurry() {
    hurried.accumulateAndGet(tasks.get(), Math::max);
    Thread one = resting;
    if (one != null) {
      LockSupport.unpark(one);
    }
  }

  private void handIn(long bytes, Runnable turn) {
    int many = waiting.incrementAndGet();
    long much = pending.addAndGet(bytes);
    thread.execute(turn);
    if (many >= MANY || much >= MUCH) {
      hurry();
    }
  }

  private void rest(long task) {
    // In this order: who is in a hurry from now on sees it rest.
    resting = Thread.currentThread();
    if (!working && task > hurried.get()) {
      LockSupport.parkNanos(this, rest.toNanos());
    }
    resting = null;
  }

  private void turn(long bytes, Runnable work) {
    perform(work);
    pending.addAndGet(-bytes);
    unflushed++;
    working = waiting.decrementAndGet() > 0;
    if (!working || unflushed >= TASKS_PER_FLUSH) {
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
