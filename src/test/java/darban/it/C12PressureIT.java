package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.DarbanProcess;
import darban.testkit.Peers;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More clients than there are descriptors for: what is under way goes on, idle clients are closed,
 * new ones wait or are told to come again; afterwards all is as before.
 */
class C12PressureIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int DESCRIPTORS = 256;

  @TempDir Path folder;

  private final List<RawClient> clients = new ArrayList<>();
  private final CountDownLatch go = new CountDownLatch(1);
  private ScriptedOrigin origin;

  @BeforeEach
  void start() {
    origin = new ScriptedOrigin();
  }

  @AfterEach
  void stop() throws Exception {
    go.countDown();
    for (RawClient each : clients) {
      each.close();
    }
    origin.close();
  }

  private String configuration() {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    sites: { "*": { routes: [ { service: origin } ] } }
    services: { origin: { servers: [ "http://127.0.0.1:%d" ] } }
    admin: { address: "127.0.0.1:0" }
    log: { access: off }
    """
        .formatted(origin.port());
  }

  private RawClient connect(DarbanProcess darban) throws Exception {
    RawClient client = RawClient.connect(darban.port("plain"));
    clients.add(client);
    return client;
  }

  private static RawClient get(RawClient client, String path) throws IOException {
    return client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
  }

  private static void until(DarbanProcess darban, int state) throws Exception {
    Await.until(
        SOON,
        () -> darban.metric("darban_pressure", "") == state,
        () -> "pressure is " + darban.metric("darban_pressure", "") + " and not " + state);
  }

  private void twentyAreServed(DarbanProcess darban) throws Exception {
    for (int i = 0; i < 20; i++) {
      try (RawClient client = RawClient.connect(darban.port("plain"))) {
        assertEquals(200, get(client, "/after").answer().status());
      }
    }
  }

  private void held(ScriptedOrigin.Connection connection) throws IOException {
    for (ScriptedOrigin.Request next = connection.next(); next != null; next = connection.next()) {
      try {
        assertTrue(!next.line().endsWith("/held") || go.await(60, TimeUnit.SECONDS));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
      connection.answer(next, 200, "done");
    }
  }

  @Test
  void descriptors_fewerThanClients_idleOnesAreShedAndNewOnesWait() throws Exception {
    List<String> by =
        List.of(Peers.find("prlimit", "util-linux"), "--nofile=" + DESCRIPTORS + ":" + DESCRIPTORS);
    origin.script(this::held);
    try (DarbanProcess darban = DarbanProcess.start(by, folder, configuration())) {
      RawClient idle = connect(darban);
      assertEquals(200, get(idle, "/").answer().status());
      List<RawClient> working = new ArrayList<>();
      // Each takes one descriptor for itself and one for its origin: more than there are.
      for (int i = 0; i < DESCRIPTORS / 2; i++) {
        working.add(get(connect(darban), "/held"));
      }
      until(darban, 2);
      assertTrue(idle.isClosed(), "an idle client keeps its connection");
      List<RawClient> waiting = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        waiting.add(connect(darban));
      }
      RawClient one = working.getFirst();
      // Pipelined: it comes when the one before it is answered, while everyone else works on.
      get(one, "/next");
      go.countDown();
      assertEquals("done", one.answer().body());
      RawClient.Answer next = one.answer();
      if (next.status() != 200) {
        assertEquals(503, next.status());
        assertEquals("5", next.field("Retry-After"));
      }
      // Let in all at once, they would bring the next pressure.
      for (RawClient each : waiting) {
        each.close();
      }
      until(darban, 0);
      twentyAreServed(darban);
      assertEquals(0, darban.stop());
    }
  }
}
