package darban.store.disk;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Who does a store's work. Threads of the system, not virtual ones: reads and writes of files hold
 * on to their thread, and a handful is as many as a disk can use. What comes after the end is done
 * by whoever brings it. Any thread; closed by the store.
 *
 * @param writer one after the other, in order
 * @param readers several at once
 * @param care one after the other, at times
 * @param aside what takes long and is waited for by nobody's loop: opening and closing
 */
record Crew(
    ExecutorService writer,
    ExecutorService readers,
    ScheduledExecutorService care,
    Executor aside) {
  private static final int READERS = 4;

  /** Threads of the system. */
  static Crew threads() {
    return new Crew(
        pool(1, "darban-disk-writer-"),
        pool(READERS, "darban-disk-reader-"),
        Executors.newSingleThreadScheduledExecutor(named("darban-disk-care-")),
        task -> Thread.ofPlatform().daemon().name("darban-disk-aside").start(task));
  }

  private static ExecutorService pool(int size, String name) {
    return new ThreadPoolExecutor(
        size,
        size,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        named(name),
        (late, closed) -> late.run());
  }

  private static ThreadFactory named(String name) {
    return Thread.ofPlatform().daemon().name(name, 0).factory();
  }

  /** Ends one of them after all that was handed in. */
  static void end(ExecutorService one) throws InterruptedException {
    one.shutdown();
    one.awaitTermination(1, TimeUnit.MINUTES);
  }

  /** Ends them without waiting. */
  void dismiss() {
    care.shutdown();
    writer.shutdown();
    readers.shutdown();
  }
}
