package darban.store.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The one thread that writes. So body, then journal, then telling that it is stored, happen in the
 * order of the calls, and no file needs a lock. It is a thread of the system: writes to a busy disk
 * block it, as they should, and nothing else. Any thread may hand it tasks.
 */
final class Writer {
  private static final Logger LOG = Logger.getLogger("darban");
  private static final int TASKS_PER_FLUSH = 128;

  private record Task(long bytes, Runnable work) {}

  private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
  private final AtomicLong pending = new AtomicLong();
  private final List<Runnable> afterFlush = new ArrayList<>();
  private final Runnable flush;
  private final Thread thread;
  private boolean stopped;
  private boolean stopping;

  /** Runs {@code flush} whenever there is nothing else to do, and now and then. */
  Writer(Runnable flush) {
    this.flush = flush;
    this.thread = Thread.ofPlatform().name("darban-disk-writer").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Bytes of bodies that wait. */
  long pending() {
    return pending.get();
  }

  /** Runs {@code work} after all that was handed in before; at once when the thread has ended. */
  void execute(long bytes, Runnable work) {
    synchronized (this) {
      if (!stopped) {
        pending.addAndGet(bytes);
        tasks.add(new Task(bytes, work));
        return;
      }
    }
    perform(work);
  }

  /** On its own thread: runs {@code work} when the journal is with the system. */
  void afterFlush(Runnable work) {
    afterFlush.add(work);
  }

  /** Ends the thread after all that was handed in. */
  void stop() throws InterruptedException {
    synchronized (this) {
      execute(0, () -> stopping = true);
      stopped = true;
    }
    thread.join();
  }

  private void run() {
    int unflushed = 0;
    while (!stopping) {
      Task task = tasks.poll();
      if (task == null || unflushed >= TASKS_PER_FLUSH) {
        flush();
        unflushed = 0;
      }
      try {
        task = task == null ? tasks.take() : task;
      } catch (InterruptedException notOurs) {
        continue;
      }
      perform(task.work);
      pending.addAndGet(-task.bytes);
      unflushed++;
    }
    flush();
  }

  private void flush() {
    perform(flush);
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
