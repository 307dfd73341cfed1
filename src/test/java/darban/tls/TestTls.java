package darban.tls;

import darban.base.Ticker;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a test of this room runs in: Vert.x, a clock that can be put forward, a log to read. */
final class TestTls implements AutoCloseable, TlsLog {
  final Vertx vertx = Vertx.vertx();
  final Clock clock = new Clock();
  final BlockingQueue<String> notes = new LinkedBlockingQueue<>();
  final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
  final List<String> allWarnings = new CopyOnWriteArrayList<>();

  /** The machine's clock, and what it was put forward by. */
  static final class Clock implements Ticker {
    private volatile Duration ahead = Duration.ZERO;

    void forward(Duration by) {
      ahead = ahead.plus(by);
    }

    @Override
    public long nanos() {
      return System.nanoTime() + ahead.toNanos();
    }

    @Override
    public Instant now() {
      return Instant.now().plus(ahead);
    }
  }

  TlsRuntime runtime(Engine engine) {
    return runtime(engine, Duration.ofMillis(50));
  }

  TlsRuntime runtime(Engine engine, Duration poll) {
    return new TlsRuntime(vertx, engine, clock, new SecureRandom(), poll, this);
  }

  Tls tls(Engine engine, Path directory) {
    return new Tls(runtime(engine), directory);
  }

  static ServerTlsSettings settings(KeyFiles... files) {
    return ServerTlsSettings.of(new ServerTlsSettings.Certificates.Files(List.of(files)));
  }

  static ServerTlsSettings internal(String... names) {
    return ServerTlsSettings.of(new ServerTlsSettings.Certificates.Internal(List.of(names)));
  }

  @Override
  public void note(String text) {
    notes.add(text);
  }

  @Override
  public void warning(String text) {
    warnings.add(text);
    allWarnings.add(text);
  }

  /** The next thing said; fails the test when nothing is for ten seconds. */
  static String next(BlockingQueue<String> said) throws InterruptedException {
    String text = said.poll(10, TimeUnit.SECONDS);
    if (text == null) {
      throw new AssertionError("nothing was said");
    }
    return text;
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
