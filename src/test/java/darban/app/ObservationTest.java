package darban.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.testkit.Await;
import darban.testkit.Certificates;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Numbers of what a whole gateway does beside answering requests. */
@ExtendWith(Guard.class)
class ObservationTest {
  @TempDir Path folder;
  private final ScriptedOrigin origin = new ScriptedOrigin();

  @SuppressWarnings("NullAway.Init")
  private TestGateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        TestGateway.start(
            folder,
            """
            listeners:
              plain: { address: "127.0.0.1:0" }
              web: { address: "127.0.0.1:0", tls: internal }
              proxy: { address: "127.0.0.1:0", mode: forward }
            sites: { "*": { routes: [ { service: origin } ] } }
            services: { origin: { servers: [ "http://127.0.0.1:%1$d" ] } }
            users: [ { name: ali, password: kelid } ]
            forward: { auth: basic, connect-ports: [%1$d, 9], private-addresses: [ "127.0.0.1:%1$d" ] }
            log: { access: off }
            """
                .formatted(origin.port()));
  }

  @AfterEach
  void end() throws Exception {
    gateway.close();
    origin.close();
  }

  private void tells(String... lines) throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () -> gateway.metrics().lines().toList().containsAll(List.of(lines)),
        () -> String.join("\n", lines) + "\nis not all in\n" + gateway.metrics());
  }

  @Test
  void reportsOfPlayers_inQueriesAndFields_areCounted() throws Exception {
    String query = "CMCD=br%3D3200%2Cbs%2Cmsd%3D800%2Cot%3Dv%2Csf%3Dh%2Cst%3Dl%2Csid%3D%22x%22";
    String fields = "CMCD-Session: sf=d,st=v\r\nCMCD-Request: bl=2300\r\n\r\n";
    try (RawClient client = RawClient.connect(gateway.port("plain"))) {
      client.send("GET /s.ts?" + query + " HTTP/1.1\r\nHost: h\r\n\r\n").answer();
      client.send("GET /s.ts HTTP/1.1\r\nHost: h\r\n" + fields).answer();
    }
    String live = "{format=\"hls\",service=\"origin\",stream=\"live\"} ";
    String recording = "{format=\"dash\",service=\"origin\",stream=\"recording\"} ";
    tells(
        "darban_player_reports_total" + live + "1.0",
        "darban_player_starvations_total" + live + "1.0",
        "darban_player_startup_seconds_sum" + live + "0.8",
        "darban_player_bitrate_sum" + live + "3200000.0",
        "darban_player_reports_total" + recording + "1.0",
        "darban_player_starvations_total" + recording + "0.0",
        "darban_player_buffer_seconds_sum" + recording + "2.3");
  }

  private static final String AUTH =
      "Proxy-Authorization: Basic "
          + Base64.getEncoder()
              .encodeToString("ali:kelid".getBytes(java.nio.charset.StandardCharsets.UTF_8))
          + "\r\n";

  private int connect(String authority, String fields) throws Exception {
    try (RawClient client = RawClient.connect(gateway.port("proxy"))) {
      client.send(
          "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" + fields + "\r\n");
      return client.answerTo("CONNECT").status();
    }
  }

  @Test
  void forward_refusals_byTheRule() throws Exception {
    assertEquals(407, connect("127.0.0.1:" + origin.port(), ""));
    assertEquals(403, connect("127.0.0.1:9", AUTH));
    assertEquals(403, connect("localhost:9", AUTH));
    assertEquals(403, connect("127.0.0.1:8", AUTH));
    tells(
        "darban_proxy_denied_total{rule=\"auth\"} 1.0",
        "darban_proxy_denied_total{rule=\"private-addresses\"} 2.0",
        "darban_proxy_denied_total{rule=\"connect-ports\"} 1.0");
  }

  @Test
  void tunnels_whileOpen_andTheirBytes() throws Exception {
    origin.script(connection -> {
      connection.read(5);
      connection.send("salam!");
      connection.readToEnd();
    });
    try (RawClient client = RawClient.connect(gateway.port("proxy"))) {
      client.send("CONNECT 127.0.0.1:" + origin.port() + " HTTP/1.0\r\n" + AUTH + "\r\n");
      assertEquals(200, client.answerTo("CONNECT").status());
      client.send("hello");
      assertEquals("salam!", client.read(6));
      tells("darban_tunnels_active{kind=\"connect\"} 1.0");
    }
    tells(
        "darban_tunnels_active{kind=\"connect\"} 0.0",
        "darban_tunnel_bytes_total{direction=\"in\",kind=\"connect\"} 5.0",
        "darban_tunnel_bytes_total{direction=\"out\",kind=\"connect\"} 6.0",
        "darban_http_requests_in_flight 0.0");
  }

  @Test
  void upstream_connections_openAndReused() throws Exception {
    try (RawClient client = RawClient.connect(gateway.port("plain"))) {
      for (int i = 0; i < 3; i++) {
        client.send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        assertEquals(200, client.answer().status());
      }
    }
    tells(
        "darban_upstream_connections_open{service=\"origin\"} 1.0",
        "darban_upstream_connections_reused_total{service=\"origin\"} 2.0",
        "darban_upstream_queue{service=\"origin\"} 0.0");
  }

  @Test
  void handshakes_goodAndBad() throws Exception {
    int port = gateway.port("web");
    Certificates.shown("localhost", port);
    try (RawClient client = RawClient.connect(port)) {
      client.send("GET / HTTP/1.1\r\n\r\n");
      client.isClosed();
    }
    tells(
        "darban_tls_handshakes_total{kind=\"full\",listener=\"web\"} 1.0",
        "darban_tls_handshake_failures_total{listener=\"web\",reason=\"NOT_TLS\"} 1.0");
  }
}
