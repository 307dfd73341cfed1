package darban.testkit;

import darban.app.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A gateway with a listener {@code plain} in front of a scripted origin, which is the service of
 * every route unless the configuration says otherwise. Made once for a class of tests; {@link
 * #clear} between tests. Closed by the class.
 */
public final class Bench implements AutoCloseable {
  private final Path folder;
  private final ScriptedOrigin origin;
  private final TestGateway gateway;
  private final @Nullable Bench behind;

  private Bench(String yaml, int loops) throws Exception {
    folder = Files.createTempDirectory("darban-bench");
    origin = new ScriptedOrigin();
    gateway =
        TestGateway.start(folder, yaml.replace("ORIGIN", "127.0.0.1:" + origin.port()), loops);
    behind = null;
  }

  private Bench(Bench behind, String yaml) throws Exception {
    this.behind = behind;
    folder = Files.createTempDirectory("darban-bench");
    origin = behind.origin;
    gateway = TestGateway.start(folder, yaml.replace("BEHIND", behind.gateway.address("plain")), 2);
  }

  /** One plain listener, default limits. */
  public static Bench plain() throws Exception {
    return of("plain: { address: \"127.0.0.1:0\" }");
  }

  /** These listeners, everything else as usual. */
  public static Bench of(String listeners) throws Exception {
    return yaml(
        """
        listeners: { %s }
        sites: { "*": { routes: [ { service: origin } ] } }
        services: { origin: { servers: [ "http://ORIGIN" ] } }
        log: { access: off }
        """
            .formatted(listeners));
  }

  /** A whole configuration, in which {@code ORIGIN} is the origin's address. */
  public static Bench yaml(String yaml) throws Exception {
    return yaml(yaml, 2);
  }

  /** As {@link #yaml(String)}, with {@code loops} event loops. */
  public static Bench yaml(String yaml, int loops) throws Exception {
    return new Bench(yaml, loops);
  }

  /**
   * Two gateways, with HTTP/2 in clear between them: what the first sends to an origin of that
   * version, the second takes from a client of that version.
   */
  public static Bench overHttp2() throws Exception {
    Bench second = of("plain: { address: \"127.0.0.1:0\", protocols: [h2] }");
    return new Bench(
        second,
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        sites: { "*": { routes: [ { service: second } ] } }
        services: { second: { servers: [ "h2c://BEHIND" ] } }
        log: { access: off }
        """);
  }

  /** The origin. */
  public ScriptedOrigin origin() {
    return origin;
  }

  /** The gateway. */
  public TestGateway gateway() {
    return gateway;
  }

  /** Where configuration and certificates lie. */
  public Path folder() {
    return folder;
  }

  /** A new connection to the listener {@code plain}. */
  public RawClient client() throws IOException {
    return RawClient.connect(gateway.port("plain"));
  }

  /** The answer to a GET, as {@link #ask}. */
  public RawClient.Answer get(String path, String... fields) throws IOException {
    return ask("GET", path, fields);
  }

  /**
   * The answer to a request without a body, on a connection of its own to the listener {@code
   * plain}.
   *
   * @param fields lines of fields besides Host
   */
  public RawClient.Answer ask(String method, String path, String... fields) throws IOException {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: h\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    try (RawClient client = client()) {
      return client.send(head.append("\r\n").toString()).answerTo(method);
    }
  }

  /** Ends the gateway's connections to the origin and forgets what came; its script is ECHO. */
  public void clear() throws Exception {
    // What is still asked for would come to the next test's origin.
    origin.forget();
    for (Bench each = this; each != null; each = each.behind) {
      each.gateway.awaitNothingInFlight();
    }
    origin.forget();
    Await.until(
        Duration.ofSeconds(10), () -> origin.open() == 0, () -> origin.open() + " still open");
  }

  @Override
  public void close() throws IOException {
    gateway.close();
    if (behind != null) {
      behind.close();
    } else {
      origin.close();
    }
    deleted(folder);
  }

  private static void deleted(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
