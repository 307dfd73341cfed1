package darban.app;

import darban.config.ConfigFile;
import darban.flow.Transport;
import darban.listen.Pressure;
import darban.observe.Log;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A gateway from start to end as a process lives it: says what it listens on, waits for a signal,
 * lets requests under way finish.
 */
final class Running {
  private static final Duration DRAIN = Duration.ofSeconds(30);

  private final Configuration first;
  private final boolean embedded;
  private final Gateway gateway;
  private final PrintStream err = System.err;

  /**
   * The life of a gateway that begins with the configuration {@code first}.
   *
   * @param source reads it again; null where there is nothing to read
   * @param embedded whether it is the one that shows newcomers around
   */
  Running(
      Configuration first,
      @Nullable Supplier<ConfigFile.Result<Configuration>> source,
      boolean embedded) {
    this.first = first;
    this.embedded = embedded;
    this.gateway =
        new Gateway(
            new Gateway.Options(
                first.transport().orElseGet(Transport::usual),
                Main.certificates(),
                Runtime.getRuntime().availableProcessors(),
                DRAIN,
                source,
                this::changed,
                Pressure::ofProcess));
  }

  /** Runs until told to stop; returns the exit code. */
  int run() {
    Log.setUp(first.log());
    CountDownLatch started = new CountDownLatch(1);
    Throwable[] failure = new Throwable[1];
    gateway
        .start(first)
        .onComplete(done -> {
          failure[0] = done.cause();
          started.countDown();
        });
    try {
      started.await();
      if (failure[0] != null) {
        err.println("darban: " + Main.reason(failure[0]));
        gateway.close(false);
        waitForEnd();
        return Main.FAILED;
      }
      // First, since who reads that it is ready may stop it at once.
      listenToSignals();
      announce();
      return waitForEnd() ? Main.OK : Main.UNCLEAN;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return Main.UNCLEAN;
    }
  }

  private void announce() {
    Map<String, String> addresses = gateway.addresses();
    addresses.forEach(this::listening);
    err.println("ready");
    if (embedded) {
      first.demo().ifPresent(demo -> Tour.print(System.out, addresses, demo));
    }
  }

  private void listening(String name, String address) {
    err.println("listening " + name + " " + address);
  }

  /** Another configuration is in force. */
  private void changed(Changeover.Result result) {
    Log.setUp(result.now().configuration().log());
    Map<String, String> addresses = gateway.addresses();
    for (String name : result.listeners().opened()) {
      listening(name, addresses.getOrDefault(name, ""));
    }
  }

  private void listenToSignals() {
    AtomicInteger interrupts = new AtomicInteger();
    Signals.handle("TERM", gateway::stop);
    Signals.handle(
        "INT",
        () -> {
          if (interrupts.incrementAndGet() == 1) {
            gateway.stop();
          } else {
            gateway.close(false);
          }
        });
    Signals.handle("HUP", gateway::reload);
  }

  private boolean waitForEnd() throws InterruptedException {
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
