package darban.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.DarbanProcess;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scripts of {@code src/test/vtc}, from basic to hard: varnishtest plays client and origin, the
 * gateway stands between them. Each script has a listener and an origin's port of its own, so that
 * none meets connections another left behind. They know them as {@code gate} and {@code origin},
 * and the forward proxy as {@code proxy}.
 */
class C10VtcIT {
  private static final Path SCRIPTS = Path.of("src/test/vtc");
  private static final String LOOPBACK = "127.0.0.1";

  @TempDir static Path folder;
  private static final Map<String, Integer> ORIGINS = new TreeMap<>();

  @SuppressWarnings("NullAway.Init")
  private static String varnishtest;

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  @BeforeAll
  static void start() throws Exception {
    varnishtest = Peers.find("varnishtest", "varnish");
    // One script closes but one direction, which varnishtest cannot.
    Peers.find("nc", "netcat-openbsd");
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      files
          .map(file -> file.getFileName().toString().replace(".vtc", ""))
          .forEach(name -> ORIGINS.put(name, Ports.free()));
    }
    darban = DarbanProcess.start(folder, yaml());
  }

  @AfterAll
  static void end() throws Exception {
    if (darban != null) {
      darban.close();
      String told = darban.program().output();
      assertFalse(told.contains("Exception"), told);
    }
  }

  private static String yaml() {
    StringBuilder listeners = new StringBuilder();
    StringBuilder routes = new StringBuilder();
    StringBuilder services = new StringBuilder();
    ORIGINS.forEach((name, port) -> {
      listeners.append(
          "  \"%s\": { address: \"127.0.0.1:0\", protocols: [h1, h2] }\n".formatted(name));
      routes.append(
          "      - { match: { listener: [ \"%1$s\" ] }, service: \"%1$s\" }\n".formatted(name));
      services.append(
          "  \"%s\": { servers: [ \"http://127.0.0.1:%d\" ], timeouts: { response: 4s, idle: 4s } }\n"
              .formatted(name, port));
    });
    return """
    listeners:
      proxy: { address: "127.0.0.1:0", mode: forward }
    %sforward: { private-addresses: allow }
    sites:
      "*":
        routes:
    %sservices:
    %slog: { access: { file: access.log } }
    """
        .formatted(listeners, routes, services);
  }

  @TestFactory
  Stream<DynamicTest> script() {
    return ORIGINS.keySet().stream().map(name -> DynamicTest.dynamicTest(name, () -> run(name)));
  }

  private static void run(String name) throws IOException, InterruptedException {
    Path script = SCRIPTS.resolve(name + ".vtc").toAbsolutePath();
    assertTrue(Files.readString(script).startsWith("# Why: "), "a script begins with its reason");
    int origin = Objects.requireNonNull(ORIGINS.get(name));
    List<String> command = new ArrayList<>(List.of(varnishtest, "-t", "60"));
    command.add("-Dgate=" + LOOPBACK + " " + darban.port(name));
    command.add("-Dproxy=" + LOOPBACK + " " + darban.port("proxy"));
    command.add("-Dorigin=" + LOOPBACK + " " + origin);
    command.add("-Dorigin_authority=" + LOOPBACK + ":" + origin);
    command.add(script.toString());
    Program.of(command)
        .in(folder)
        .with("TMPDIR", folder.toString())
        .run(Duration.ofSeconds(90))
        .good();
  }
}
