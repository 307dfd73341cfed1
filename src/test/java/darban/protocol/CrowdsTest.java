package darban.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Too many connections: those beyond the bound are closed at once, the others are served. */
@ExtendWith(Guard.OfClass.class)
class CrowdsTest {
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.of(
            """
            all: { address: "127.0.0.1:0", limits: { connections: 4 } },
            each: { address: "127.0.0.1:0", limits: { connections-per-address: 4, exempt: [] } },
            new: { address: "127.0.0.1:0", limits: { new-per-address: 4/h, exempt: [] } },
            secure:
              { address: "127.0.0.1:0", tls: internal,
                limits: { handshakes-per-address: 4/h, exempt: [] } }
            """);
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  private static boolean stays(RawClient client, String listener) throws IOException {
    if (listener.equals("secure")) {
      return waitsForTheHandshake(client);
    }
    try {
      return client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").answer().status() == 200;
    } catch (IOException closed) {
      return false;
    }
  }

  private static boolean waitsForTheHandshake(RawClient client) throws IOException {
    try {
      return !client.patience(200).isClosed();
    } catch (SocketTimeoutException waits) {
      return true;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "all, CONNECTIONS, false, true",
    "each, CONNECTIONS_OF_ADDRESS, true, true",
    "new, NEW_OF_ADDRESS, true, false",
    "secure, HANDSHAKES_OF_ADDRESS, true, false",
  })
  void connections_beyondTheBound_closedAtOnce(
      String listener, String reason, boolean othersMay, boolean againWhenClosed) throws Exception {
    int port = bench.gateway().port(listener);
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      RawClient client = RawClient.connect(port);
      clients.add(client);
      assertEquals(i < 4, stays(client, listener), "client " + i);
    }
    try (RawClient other = RawClient.connectFrom("127.0.0.2", port)) {
      assertEquals(othersMay, stays(other, listener));
    }
    String refused =
        "darban_http_refused_total{listener=\"" + listener + "\",reason=\"" + reason + "\"} ";
    String metrics = bench.gateway().metrics();
    assertTrue(metrics.contains(refused + (othersMay ? "3.0" : "4.0")), metrics);
    for (RawClient each : clients) {
      each.close();
    }
    if (againWhenClosed) {
      Await.until(
          Duration.ofSeconds(5),
          () -> {
            try (RawClient client = RawClient.connect(port)) {
              return stays(client, listener);
            }
          },
          () -> "those that left still count");
    }
  }
}
