package darban.app;

import darban.listen.Pressure;
import darban.observe.Log;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A gateway from start to end as a process lives it: says what it listens on, waits for a signal,
 * lets requests under way finish.
 */
final class Running {
  private static final Duration DRAIN = Duration.ofSeconds(30);

  private final Configuration configuration;
  private final boolean embedded;
  private final PrintStream err = System.err;

  /** The life of a gateway of {@code configuration}. */
  Running(Configuration configuration, boolean embedded) {
    this.configuration = configuration;
    this.embedded = embedded;
  }

  /** Runs until told to stop; returns the exit code. */
  int run() {
    Log.setUp(configuration.log());
    int loops = Runtime.getRuntime().availableProcessors();
    Gateway gateway =
        new Gateway(configuration, Main.certificates(), loops, DRAIN, Pressure::ofProcess);
    CountDownLatch started = new CountDownLatch(1);
    Throwable[] failure = new Throwable[1];
    gateway
        .start()
        .onComplete(done -> {
          failure[0] = done.cause();
          started.countDown();
        });
    try {
      started.await();
      if (failure[0] != null) {
        err.println("darban: " + Main.reason(failure[0]));
        gateway.close(false);
        waitFor(gateway);
        return Main.FAILED;
      }
      // First, since who reads that it is ready may stop it at once.
      listenToSignals(gateway);
      announce(gateway.addresses());
      return waitFor(gateway) ? Main.OK : Main.UNCLEAN;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return Main.UNCLEAN;
    }
  }

  private void announce(Map<String, String> addresses) {
    addresses.forEach((name, address) -> err.println("listening " + name + " " + address));
    err.println("ready");
    if (embedded) {
      configuration.demo().ifPresent(demo -> Tour.print(System.out, addresses, demo));
    }
  }

  private static void listenToSignals(Gateway gateway) {
    AtomicInteger interrupts = new AtomicInteger();
    Signals.handle("TERM", () -> gateway.stop());
    Signals.handle(
        "INT",
        () -> {
          if (interrupts.incrementAndGet() == 1) {
            gateway.stop();
          } else {
            gateway.close(false);
          }
        });
    Signals.handle(
        "HUP", () -> Logger.getLogger("darban").warning("certificates reload by themselves"));
  }

  private static boolean waitFor(Gateway gateway) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    @Nullable Boolean[] clean = new Boolean[1];
    gateway
        .stopped()
        .onComplete(done -> {
          clean[0] = done.result();
          stopped.countDown();
        });
    stopped.await();
    return Boolean.TRUE.equals(clean[0]);
  }
}
