package darban.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Guard;
import darban.testkit.Ports;
import darban.testkit.RawClient;
import darban.testkit.RawHttp2;
import darban.testkit.ScriptedOrigin;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Another configuration in the place of the one that runs: what is new, what stays, what ends. */
@ExtendWith(Guard.class)
class ReloadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path folder;
  private final ScriptedOrigin origin = new ScriptedOrigin();
  private final List<TestGateway> started = new ArrayList<>();

  @AfterEach
  void end() throws IOException {
    started.forEach(TestGateway::close);
    origin.close();
  }

  private TestGateway start(String yaml) throws Exception {
    TestGateway gateway = TestGateway.start(folder, yaml);
    started.add(gateway);
    return gateway;
  }

  /** A configuration of these listeners, in front of the origin with these keys of the service. */
  private String yaml(String listeners, String service) {
    return """
    listeners: { %s }
    sites: { "*": { routes: [ { service: origin } ] } }
    services: { origin: { servers: [ "http://127.0.0.1:%d" ]%s } }
    log: { access: off }
    """
        .formatted(listeners, origin.port(), service);
  }

  private static String saying(String listeners, String word) {
    return """
    listeners: { %s }
    sites: { "*": { routes: [ { respond: { body: %s } } ] } }
    log: { access: off }
    """
        .formatted(listeners, word);
  }

  private static final String PLAIN = "plain: { address: \"127.0.0.1:0\" }";
  private static final String OTHER =
      "plain: { address: \"127.0.0.1:0\", limits: { target: 4KiB } }";
  private static final String GET = "GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n";

  private static RawClient.Answer get(RawClient client) throws IOException {
    return client.send(GET).answer();
  }

  private static String body(int port) throws IOException {
    try (RawClient client = RawClient.connect(port)) {
      return get(client).body();
    }
  }

  // Listeners

  @Test
  void listener_same_itsConnectionsAreServedByTheNewRoutes() throws Exception {
    TestGateway gateway = start(saying(PLAIN, "before"));
    int port = gateway.port("plain");
    try (RawClient client = RawClient.connect(port)) {
      assertEquals("before", get(client).body());
      String said = gateway.reload(saying(PLAIN, "after"));
      assertEquals(
          "reloaded: listeners kept: plain; opened or changed: none; closed: none\n", said);
      assertEquals(port, gateway.port("plain"));
      RawClient.Answer after = get(client);
      assertEquals("after", after.body());
      assertFalse(after.has("Connection"), after::toString);
    }
  }

  @Test
  void listener_changed_keepsItsSocket_andLetsGoOfItsConnectionsOneByOne() throws Exception {
    TestGateway gateway = start(saying(PLAIN, "before"));
    int port = gateway.port("plain");
    try (RawClient idle = RawClient.connect(port);
        RawClient used = RawClient.connect(port)) {
      assertEquals("before", get(used).body());
      String said = gateway.reload(saying(OTHER, "after"));
      assertEquals(
          "reloaded: listeners kept: none; opened or changed: plain; closed: none\n", said);
      assertEquals(port, gateway.port("plain"));
      for (RawClient client : List.of(idle, used)) {
        RawClient.Answer last = get(client);
        assertEquals("after", last.body());
        assertEquals("close", last.field("Connection"), last::toString);
        assertTrue(client.isClosed());
      }
      assertEquals("after", body(port));
      String target = "/".repeat(5000);
      try (RawClient client = RawClient.connect(port)) {
        client.send("GET " + target + " HTTP/1.1\r\nHost: a.example\r\n\r\n");
        assertEquals(414, client.answer().status());
      }
    }
  }

  @Test
  void listener_changedUnderLoad_noConnectionIsLost() throws Exception {
    TestGateway gateway = start(saying(PLAIN, "a"));
    int port = gateway.port("plain");
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    List<String> lost = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      boolean keeps = i % 2 == 0;
      clients.add(Thread.ofVirtual().start(() -> load(port, keeps, over, answered, lost)));
    }
    for (int i = 0; i < 30; i++) {
      int before = answered.get();
      String listener = PLAIN.replace(" }", ", limits: { fields: %d } }".formatted(100 + i % 7));
      gateway.reload(saying(listener, "a" + i));
      Await.until(
          PATIENCE,
          () -> answered.get() > before + 20 || !lost.isEmpty(),
          () -> "nothing answered");
    }
    over.set(true);
    for (Thread client : clients) {
      client.join();
    }
    assertEquals(List.of(), lost);
    assertEquals("a29", body(port));
  }

  /** Asks as long as it is told to, on new connections or until the answer says close. */
  private static void load(
      int port, boolean keeps, AtomicBoolean over, AtomicInteger answered, List<String> lost) {
    try {
      while (!over.get()) {
        try (RawClient client = RawClient.connect(port)) {
          boolean more = true;
          while (more && !over.get()) {
            RawClient.Answer answer = get(client);
            assertEquals(200, answer.status());
            answered.incrementAndGet();
            more = keeps && !answer.has("Connection");
          }
        }
      }
    } catch (IOException | AssertionError e) {
      lost.add(e.toString());
    }
  }

  @Test
  void listener_new_andOneGone_whoseRequestUnderWayEnds() throws Exception {
    TestGateway gateway = start(yaml(PLAIN, ""));
    int gone = gateway.port("plain");
    Slow slow = new Slow(origin);
    try (RawClient waiting = RawClient.connect(gone);
        RawClient idle = RawClient.connect(gone)) {
      waiting.send(GET);
      slow.arrived();
      gateway.reload(yaml("fresh: { address: \"127.0.0.1:0\" }", ""));
      Await.until(PATIENCE, () -> !Ports.isOpen(gone), () -> "still takes connections");
      slow.answer();
      RawClient.Answer late = waiting.answer();
      assertEquals("slow", late.body());
      // If it ended before its connection was told to go, that one is like the idle one.
      assertTrue(!late.has("Connection") || waiting.isClosed());
      // One that was there before is served once more, as it was.
      origin.script(ScriptedOrigin.ECHO);
      RawClient.Answer last = get(idle);
      assertEquals("GET /a 0", last.body());
      assertEquals("close", last.field("Connection"));
      assertEquals("GET /a 0", body(gateway.port("fresh")));
    }
  }

  /** An origin whose answer waits for the test's word. */
  private static final class Slow {
    private final java.util.concurrent.CountDownLatch asked =
        new java.util.concurrent.CountDownLatch(1);
    private final java.util.concurrent.CountDownLatch word =
        new java.util.concurrent.CountDownLatch(1);

    Slow(ScriptedOrigin origin) {
      origin.script(connection -> {
        ScriptedOrigin.Request request = connection.next();
        asked.countDown();
        try {
          word.await();
        } catch (InterruptedException stop) {
          Thread.currentThread().interrupt();
        }
        if (request != null) {
          connection.answer(request, 200, "slow");
        }
      });
    }

    void arrived() throws InterruptedException {
      assertTrue(asked.await(10, java.util.concurrent.TimeUnit.SECONDS));
    }

    void answer() {
      word.countDown();
    }
  }

  @Test
  void listeners_swapTheirAddresses_eachTakesTheOthersSocket() throws Exception {
    int one = Ports.free();
    int two = Ports.free();
    String both =
        """
        a: { address: "127.0.0.1:%d" }, b: { address: "127.0.0.1:%d", limits: { target: 4KiB } }\
        """;
    TestGateway gateway = start(saying(both.formatted(one, two), "before"));
    gateway.reload(saying(both.formatted(two, one), "after"));
    assertEquals(two, gateway.port("a"));
    assertEquals(one, gateway.port("b"));
    assertEquals("after", body(one));
    assertEquals("after", body(two));
  }

  @Test
  void listener_fromAllAddressesToOne_takesOver() throws Exception {
    int port = Ports.free();
    TestGateway gateway = start(saying("a: { address: \":%d\" }".formatted(port), "before"));
    gateway.reload(saying("a: { address: \"127.0.0.1:%d\" }".formatted(port), "after"));
    assertEquals("127.0.0.1:" + port, gateway.address("a"));
    assertEquals("after", body(port));
  }

  @Test
  void listener_overUnixSocket_keepsIt() throws Exception {
    String socket = "a: { address: \"unix:run/a.sock\"%s }";
    TestGateway gateway = start(saying(socket.formatted(""), "before"));
    Path file = folder.resolve("run/a.sock");
    Object key =
        Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class).fileKey();
    gateway.reload(saying(socket.formatted(", limits: { target: 4KiB }"), "after"));
    assertEquals(
        key,
        Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class).fileKey());
    gateway.reload(saying(PLAIN, "after"));
    Await.until(PATIENCE, () -> !Files.exists(file), () -> file + " is still there");
  }

  @Test
  void listener_changed_http2_streamsEndAndTheClientIsAskedToLeave() throws Exception {
    String second = PLAIN.replace(" }", ", protocols: [h2]%s }");
    TestGateway gateway = start(yaml(second.formatted(""), ""));
    Slow slow = new Slow(origin);
    try (RawHttp2 client = RawHttp2.connect(gateway.port("plain"))) {
      client.get(1, "/slow").flush();
      slow.arrived();
      origin.script(ScriptedOrigin.ECHO);
      gateway.reload(yaml(second.formatted(", limits: { target: 4KiB }"), ""));
      RawHttp2.Frame first = client.await(frame -> frame.type() == RawHttp2.GOAWAY);
      assertEquals(Integer.MAX_VALUE, first.payload().getInt(0));
      // Sent before the client knew: served.
      client.get(3, "/late").flush();
      assertEquals("200", client.answer(3).status().toString());
      RawHttp2.Frame last = client.await(frame -> frame.type() == RawHttp2.GOAWAY);
      assertEquals(3, last.payload().getInt(0));
      slow.answer();
      assertEquals("200", client.answer(1).status().toString());
      client.goAway();
    }
  }

  // What is under way

  @Test
  void tunnel_staysWhateverChanges() throws Exception {
    TestGateway gateway = start(yaml(PLAIN, ""));
    origin.script(connection -> {
      connection.next();
      connection.send(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      byte[] buffer = new byte[64];
      for (int n = connection.read(buffer); n > 0; n = connection.read(buffer)) {
        connection.send(new String(buffer, 0, n, java.nio.charset.StandardCharsets.ISO_8859_1));
      }
    });
    try (RawClient client = RawClient.connect(gateway.port("plain"))) {
      client.send(
          "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertEquals(101, client.answer().status());
      gateway.reload(saying(OTHER, "other"));
      gateway.reload(saying("another: { address: \"127.0.0.1:0\" }", "other"));
      client.send("salam");
      assertEquals("salam", client.read(5));
      assertEquals("other", body(gateway.port("another")));
    }
  }

  @Test
  void service_same_keepsItsConnections_changed_letsGoOfThem() throws Exception {
    TestGateway gateway = start(yaml(PLAIN, ""));
    try (RawClient client = RawClient.connect(gateway.port("plain"))) {
      assertEquals("GET /a 0", get(client).body());
      gateway.reload(yaml(PLAIN, "").replace("\"*\"", "\"a.example\""));
      assertEquals("GET /a 0", get(client).body());
      assertEquals(1, origin.connections().size());
      gateway.reload(yaml(PLAIN, ", timeouts: { response: 9s }"));
      Await.until(PATIENCE, () -> origin.open() == 0, () -> origin.open() + " still open");
      assertEquals("GET /a 0", get(client).body());
      assertEquals(2, origin.connections().size());
    }
  }

  @Test
  void service_changed_requestsUnderWayAreAnsweredByTheOldOne() throws Exception {
    TestGateway gateway = start(yaml(PLAIN, ""));
    Slow slow = new Slow(origin);
    try (RawClient client = RawClient.connect(gateway.port("plain"))) {
      client.send(GET);
      slow.arrived();
      gateway.reload(saying(PLAIN, "after"));
      slow.answer();
      assertEquals("slow", client.answer().body());
      assertEquals("after", get(client).body());
      Await.until(PATIENCE, () -> origin.open() == 0, () -> origin.open() + " still open");
    }
  }

  // The cache

  private String cached(String cache, String service) {
    origin.answering(
        "HTTP/1.1 200 X\r\nCache-Control: max-age=1000\r\nContent-Length: 2\r\n\r\nok");
    return yaml(PLAIN, service) + "cache: { status-header: X-Cache, %s }\n".formatted(cache);
  }

  private static String verdict(TestGateway gateway) throws IOException {
    try (RawClient client = RawClient.connect(gateway.port("plain"))) {
      return String.valueOf(get(client).field("X-Cache"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          disk: off               | disk: off, memory: 9MB              | HIT
          disk: off               | disk: off, max-object: 9MB          | HIT
          disk: off               | disk: { path: a }                   | MISS
          disk: { path: a }       | disk: { path: a }, memory: 9MB      | HIT
          disk: { path: a }       | disk: { path: b }                   | MISS
          disk: { path: a }       | disk: off                           | MISS
          """)
  void cache_keptWhileItsPlaceStays(String before, String after, String verdict) throws Exception {
    TestGateway gateway = start(cached(before, ""));
    assertEquals("MISS", verdict(gateway));
    assertEquals("HIT", verdict(gateway));
    gateway.reload(cached(after, ", timeouts: { response: 9s }"));
    assertEquals(verdict, verdict(gateway));
    assertEquals("HIT", verdict(gateway));
    assertTrue(gateway.metrics().contains("darban_cache_entries{tier=\"memory\"} 1"));
  }

  @Test
  void cache_diskOfAnotherSizeInTheSameFolder_isRefused() throws Exception {
    TestGateway gateway = start(cached("disk: { path: a }", ""));
    assertEquals("MISS", verdict(gateway));
    String why = refused(gateway, cached("disk: { path: a, size: 5GB }", ""));
    assertTrue(why.contains("with a restart only"), why);
    assertEquals("HIT", verdict(gateway));
  }

  // What cannot be had

  private static String refused(TestGateway gateway, String yaml) {
    return String.valueOf(assertThrows(Exception.class, () -> gateway.reload(yaml)).getMessage());
  }

  @Test
  void reload_wrongConfiguration_saysEveryProblemAndChangesNothing() throws Exception {
    TestGateway gateway = start(saying(PLAIN, "before"));
    String said = refused(gateway, "listener: {}\nlisteners: { a: { adress: \":0\" } }\n");
    assertEquals(3, said.lines().count(), said);
    assertTrue(
        said.contains("darban.yaml:2:19: unknown key `adress`, did you mean `address`?"), said);
    assertEquals("before", body(gateway.port("plain")));
    assertTrue(gateway.metrics().contains("darban_config_reloads_total{result=\"refused\"} 1.0"));
    gateway.reload(saying(PLAIN, "after"));
    assertEquals("after", body(gateway.port("plain")));
    assertTrue(gateway.metrics().contains("darban_config_reloads_total{result=\"done\"} 1.0"));
  }

  @Test
  void reload_portTaken_undoesAllThatWasPrepared() throws Exception {
    TestGateway gateway = start(saying(PLAIN, "before"));
    int free = Ports.free();
    try (ServerSocket taken = new ServerSocket(0)) {
      String listeners =
          OTHER
              + ", first: { address: \"127.0.0.1:%d\", tls: internal, protocols: [h1, h3] }, second: { address: \":%d\" }"
                  .formatted(free, taken.getLocalPort());
      String said = refused(gateway, saying(listeners, "after"));
      assertEquals(
          "cannot listen on [::]:" + taken.getLocalPort() + ": Address already in use", said);
    }
    assertFalse(Ports.isOpen(free));
    try (RawClient client = RawClient.connect(gateway.port("plain"))) {
      assertFalse(get(client).has("Connection"));
      assertEquals("before", get(client).body());
    }
  }

  @Test
  void reload_manyAtOnce_oneAfterTheOther_theLastIsInForce() throws Exception {
    TestGateway gateway = start(saying(PLAIN, "before"));
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  gateway.reload(saying(PLAIN, "after"));
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              }));
    }
    for (Thread each : all) {
      each.join();
    }
    assertEquals("after", body(gateway.port("plain")));
    assertTrue(gateway.metrics().contains("darban_config_reloads_total{result=\"done\"} 8.0"));
  }

  // The house's own

  @Test
  void admin_otherToken_isAskedForAtOnce_otherAddress_isMovedTo() throws Exception {
    String admin = "admin: { address: \"127.0.0.1:%d\"%s }\n";
    int one = Ports.free();
    int two = Ports.free();
    TestGateway gateway = start(saying(PLAIN, "a") + admin.formatted(one, ""));
    assertEquals(200, health(one, ""));
    gateway.reload(saying(PLAIN, "a") + admin.formatted(one, ", token: kelid"));
    assertEquals(401, health(one, ""));
    assertEquals(200, health(one, "Authorization: Bearer kelid\r\n"));
    gateway.reload(saying(PLAIN, "a") + admin.formatted(two, ""));
    assertEquals(200, health(two, ""));
    Await.until(PATIENCE, () -> !Ports.isOpen(one), () -> "still there");
    gateway.reload(saying(PLAIN, "a"));
    Await.until(PATIENCE, () -> !Ports.isOpen(two), () -> "still there");
  }

  private static int health(int port, String more) throws IOException {
    try (RawClient client = RawClient.connect(port)) {
      return client
          .send("GET /status HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n")
          .answer()
          .status();
    }
  }

  @Test
  void accessLog_movedAway_isOpenedAnew_otherFormat_inTheOtherFile() throws Exception {
    String quiet = saying(PLAIN, "a").replace("log: { access: off }\n", "");
    String json = quiet + "log: { access: { file: a.log } }\n";
    TestGateway gateway = start(json);
    Path log = folder.resolve("a.log");
    Path moved = folder.resolve("a.log.1");
    body(gateway.port("plain"));
    Await.until(PATIENCE, () -> lines(log) == 1, () -> "no line");
    Files.move(log, moved);
    gateway.reload(json);
    body(gateway.port("plain"));
    Await.until(PATIENCE, () -> lines(log) == 1, () -> "no line");
    assertEquals(1, lines(moved));
    gateway.reload(quiet + "log: { access: { file: b.log, format: common } }\n");
    body(gateway.port("plain"));
    Path other = folder.resolve("b.log");
    Await.until(PATIENCE, () -> lines(other) == 1, () -> "no line");
    assertTrue(Files.readString(other).contains("\"GET /a HTTP/1.1\" 200 1"));
    assertEquals(1, lines(log));
  }

  private static long lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file).size() : 0;
  }

  @Test
  void tls_otherNames_newHandshakesHaveThem() throws Exception {
    String listener = "web: { address: \"127.0.0.1:0\", tls: { internal-names: [%s] } }";
    TestGateway gateway = start(saying(listener.formatted("a.example"), "a"));
    int port = gateway.port("web");
    Await.until(PATIENCE, () -> gateway.metrics().contains("name=\"a.example\""), gateway::metrics);
    gateway.reload(saying(listener.formatted("b.example"), "b"));
    assertEquals(port, gateway.port("web"));
    Await.until(PATIENCE, () -> gateway.metrics().contains("name=\"b.example\""), gateway::metrics);
    Await.until(
        PATIENCE, () -> !gateway.metrics().contains("name=\"a.example\""), gateway::metrics);
  }
}
