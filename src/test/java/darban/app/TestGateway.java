package darban.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.config.ConfigFile;
import darban.listen.Pressure;
import darban.testkit.Await;
import darban.testkit.TestTransport;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A whole Darban in the process of the test: started from the text of a configuration, whose
 * listeners had better ask for port 0. Closed by the test.
 */
public final class TestGateway implements AutoCloseable {
  private final Path folder;
  private final Gateway gateway;
  private volatile String yaml;

  private TestGateway(Path folder, String yaml, int loops, Pressure pressure) {
    this.folder = folder;
    this.yaml = yaml;
    this.gateway =
        new Gateway(
            new Gateway.Options(
                TestTransport.chosen(),
                folder.resolve("certs"),
                loops,
                Duration.ofSeconds(5),
                this::read,
                result -> {},
                held -> pressure));
  }

  private ConfigFile.Result<Configuration> read() {
    return ConfigFile.parse(
        folder.resolve("darban.yaml"),
        TestTransport.in(yaml),
        Configuration.SHAPE,
        variable -> null);
  }

  /** Starts with two event loops; relative paths of {@code yaml} count from {@code folder}. */
  public static TestGateway start(Path folder, String yaml) throws Exception {
    return start(folder, yaml, 2);
  }

  /** Starts with {@code loops} event loops. */
  public static TestGateway start(Path folder, String yaml, int loops) throws Exception {
    return start(folder, yaml, loops, Pressure.ofProcess(() -> 0));
  }

  /** Starts where descriptors and memory are as {@code pressure} says. */
  public static TestGateway start(Path folder, String yaml, int loops, Pressure pressure)
      throws Exception {
    TestGateway made = new TestGateway(folder, yaml, loops, pressure);
    ConfigFile.Result<Configuration> read = made.read();
    assertTrue(read.isGood(), () -> read.problems().toString());
    try {
      Await.result(made.gateway.start(Objects.requireNonNull(read.value())));
    } catch (Exception failed) {
      made.gateway.close(false);
      Await.result(made.gateway.stopped());
      throw failed;
    }
    return made;
  }

  /** Reloads as a signal would, with another text; returns what was said, fails as it did. */
  public String reload(String yaml) throws Exception {
    this.yaml = yaml;
    return Objects.requireNonNull(Await.result(gateway.reload()));
  }

  /** The port of a listener. */
  public int port(String listener) {
    String address = address(listener);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /** The address of a listener, as it is announced. */
  public String address(String listener) {
    Map<String, String> all = gateway.addresses();
    return Objects.requireNonNull(all.get(listener), () -> listener + " is not in " + all);
  }

  /** The numbers, in Prometheus' text format. */
  public String metrics() {
    return gateway.metrics();
  }

  /** Waits for the end of all requests. */
  public void awaitNothingInFlight() throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () -> metrics().contains("darban_http_requests_in_flight 0.0"),
        () -> "requests are still in flight");
  }

  /** The file of the development CA. */
  public static Path devCa(Path folder) {
    return folder.resolve("certs").resolve("ca.pem");
  }

  /** Begins to stop as at a signal: requests under way may finish. Tells in the end if all did. */
  public Future<@Nullable Boolean> stopping() {
    gateway.stop();
    return gateway.stopped();
  }

  /** Stops as at a signal. Returns whether all requests under way finished. */
  public @Nullable Boolean stop() throws Exception {
    return Await.result(stopping());
  }

  @Override
  public void close() {
    gateway.close(true);
    try {
      Await.result(gateway.stopped());
    } catch (Exception e) {
      throw new AssertionError("the gateway did not stop", e);
    }
  }
}
