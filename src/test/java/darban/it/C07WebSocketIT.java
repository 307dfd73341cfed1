package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Browser;
import darban.testkit.Certificates;
import darban.testkit.DarbanProcess;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets through the gateway: Python at both ends over HTTP/1.1, Chromium over HTTP/2. */
class C07WebSocketIT {
  private static final Path SCRIPTS = Path.of("src/test/resources/peers").toAbsolutePath();

  @TempDir static Path folder;
  private static final List<AutoCloseable> OPEN = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  @SuppressWarnings("NullAway.Init")
  private static Program echo;

  private static String python() throws Exception {
    return Peers.python("websockets", "python3-websockets");
  }

  @BeforeAll
  static void start() throws Exception {
    int port = Ports.free();
    echo = Program.of(python(), SCRIPTS.resolve("echo_server.py").toString(), "" + port).start();
    OPEN.add(echo);
    echo.line("^serving$");
    darban =
        DarbanProcess.start(
            folder,
            """
            listeners:
              plain: { address: "127.0.0.1:0" }
              web: { address: "127.0.0.1:0", protocols: [h1, h2], tls: internal }
            sites:
              "*":
                routes:
                  - { match: { path: "/page" }, respond: { body: "a page" } }
                  - { service: echo }
            services: { echo: { servers: [ "http://127.0.0.1:%d" ] } }
            log: { access: { file: access.json } }
            """
                .formatted(port));
    OPEN.add(darban);
  }

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable each : OPEN.reversed()) {
      each.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "web"})
  void python_overHttp1_everythingEchoes(String listener) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(python(), SCRIPTS.resolve("echo_client.py").toString()));
    if (listener.equals("web")) {
      command.add("wss://localhost:" + darban.port(listener) + "/echo");
      command.add(folder.resolve("certs/ca.pem").toString());
    } else {
      command.add("ws://localhost:" + darban.port(listener) + "/echo");
    }
    Program.Result result = Program.of(command).run(Duration.ofMinutes(3));
    assertTrue(result.good().out().endsWith("ok\n"), result::toString);
    echo.line("^closed 4002 man raftam$");
  }

  @Test
  void chromium_overHttp2_everythingEchoes() throws Exception {
    int port = darban.port("web");
    String origin = "https://localhost:" + port;
    try (Browser browser =
        Browser.start(
            folder,
            "--ignore-certificate-errors-spki-list=" + Certificates.keyHash("localhost", port))) {
      Browser.Page page = browser.page();
      page.open(origin + "/page");
      assertEquals("h2", page.protocol());
      assertEquals("4001 bye", page.text(CHROMIUM.replace("ORIGIN", "wss://localhost:" + port)));
    }
    Path log = folder.resolve("access.json");
    Await.until(
        Duration.ofSeconds(10),
        () ->
            Files.readAllLines(log).stream()
                .map(JsonObject::new)
                .anyMatch(line ->
                    line.getString("proto").equals("h2")
                        && line.getString("method").equals("CONNECT")
                        && line.getString("path").equals("/echo")
                        && line.getInteger("status") == 200
                        && line.getLong("bytes_in") > 1 << 24
                        && line.getLong("bytes_out") > 1 << 24),
        () -> "no tunnel over h2 in " + Files.readString(log));
  }

  private static final String CHROMIUM =
      """
      (async () => {
        const socket = new WebSocket('ORIGIN/echo');
        socket.binaryType = 'arraybuffer';
        await new Promise((open, no) => { socket.onopen = open; socket.onerror = () => no('error'); });
        const echo = message => new Promise(done => {
          socket.onmessage = e => done(e.data);
          socket.send(message);
        });
        for (const text of ['salam', 'سلام دربان', '', 'x'.repeat(100000)]) {
          if (await echo(text) !== text) return 'another text came back for ' + text.slice(0, 20);
        }
        for (const size of [0, 1, 125, 126, 65535, 65536, 1 << 24]) {
          const sent = new Uint32Array(Math.ceil(size / 4)).map((_, i) => i * 2654435761);
          const bytes = new Uint8Array(sent.buffer, 0, size);
          const got = new Uint8Array(await echo(bytes));
          if (got.length !== size || got.some((b, i) => b !== bytes[i])) {
            return 'other bytes came back for ' + size;
          }
        }
        const closed = new Promise(done => { socket.onclose = done; });
        socket.send('close 4001 bye');
        const end = await closed;
        return end.code + ' ' + end.reason;
      })()
      """;
}
