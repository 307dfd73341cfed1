package darban.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.app.TestGateway;
import darban.listen.Pressure;
import darban.testkit.Await;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.RawHttp2;
import darban.testkit.ScriptedOrigin;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What clients see while memory runs short: nothing, a close while idle, 503; never a hang. */
@ExtendWith(Guard.class)
class PressureOnTheWireTest {
  private static final Pressure.Level LOW = new Pressure.Level(1, 100);
  private static final Pressure.Level HIGH = new Pressure.Level(95, 100);

  @TempDir Path folder;
  private volatile Pressure.Level memory = LOW;
  private ScriptedOrigin origin;
  private TestGateway gateway;

  @BeforeEach
  void start() throws Exception {
    origin = new ScriptedOrigin();
    gateway =
        TestGateway.start(
            folder,
            """
            listeners: { plain: { address: "127.0.0.1:0", protocols: [h1, h2] } }
            sites: { "*": { routes: [ { service: origin } ] } }
            services: { origin: { servers: [ "http://127.0.0.1:%d" ] } }
            log: { access: off }
            """
                .formatted(origin.port()),
            2,
            new Pressure(() -> LOW, () -> memory));
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
    origin.close();
  }

  private RawClient get(RawClient client) throws IOException {
    return client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  }

  private RawClient connect() throws IOException {
    return RawClient.connect(gateway.port("plain"));
  }

  private void until(int state) throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () -> gateway.metrics().contains("darban_pressure " + state + ".0"),
        gateway::metrics);
  }

  @Test
  void pressure_shedsIdleClients_andRefusesTheOthers_untilItIsOver() throws Exception {
    try (RawClient idle = connect();
        RawHttp2 idleToo = RawHttp2.connect(gateway.port("plain"));
        RawClient busy = connect()) {
      assertEquals(200, get(idle).answer().status());
      assertEquals("200", idleToo.get(1, "/a").flush().answer(1).status().toString());
      busy.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n1");
      memory = HIGH;
      until(2);
      assertTrue(idle.isClosed());
      assertEquals(0, Objects.requireNonNull(idleToo.goAway()).error());
      // What is under way goes on; what comes next does not.
      get(busy.send("2"));
      assertEquals("POST /a 2", busy.answer().body());
      refused(busy);
      List<RawClient> waiting = newcomers();
      memory = LOW;
      for (RawClient each : waiting) {
        assertEquals(200, each.patience(10_000).answer().status());
        each.close();
      }
    }
    until(0);
  }

  private static void refused(RawClient client) throws IOException {
    RawClient.Answer answer = client.answer();
    assertEquals(503, answer.status());
    assertEquals("5", answer.field("Retry-After"));
  }

  /** Those who come now and wait: all but one for each event loop, which had begun to accept it. */
  private List<RawClient> newcomers() throws IOException {
    List<RawClient> waiting = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      RawClient client = get(connect()).patience(200);
      try {
        refused(client);
        client.close();
      } catch (SocketTimeoutException waits) {
        waiting.add(client);
      }
    }
    assertTrue(waiting.size() >= 4, () -> "only " + waiting.size() + " wait");
    return waiting;
  }
}
