package darban.stage.forwarded;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.Ports;
import darban.testkit.RawBench;
import darban.testkit.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What proxies before us say counts only where they are trusted; and nothing runs in circles. */
@ExtendWith(Guard.OfClass.class)
class ForwardedOnTheWireTest {
  private static final int CIRCLE = Ports.free();
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners:
              plain: { address: "127.0.0.1:0" }
              behind: { address: "127.0.0.1:0", trusted-proxies: [ 127.0.0.1 ] }
              circle: { address: "127.0.0.1:CIRCLE" }
            sites:
              circle: { routes: [ { service: circle } ] }
              "*": { routes: [ { service: origin } ] }
            services:
              origin: { servers: [ "http://ORIGIN" ] }
              circle: { servers: [ "http://127.0.0.1:CIRCLE" ] }
            log: { access: off }
            """
                .replace("CIRCLE", Integer.toString(CIRCLE)));
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
  }

  private static String seen(String listener, String name, String value) throws Exception {
    try (RawClient client = RawClient.connect(bench.gateway().port(listener))) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\n" + name + ": " + value + "\r\n\r\n");
      assertEquals(200, client.answer().status());
    }
    String seen = RawBench.field(name).apply(bench.origin().requests().getFirst());
    bench.clear();
    return seen;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          X-Forwarded-For|6.6.6.6|127.0.0.1|6.6.6.6, 127.0.0.1
          X-Forwarded-Proto|https|http|https
          X-Forwarded-Host|evil|h|evil
          X-Forwarded-Prefix|/x|§§|/x
          X-Forwarded-Server|x|§§|x
          X-Real-IP|6.6.6.6|§§|6.6.6.6
          X-Client-IP|6.6.6.6|§§|6.6.6.6
          True-Client-IP|6.6.6.6|§§|6.6.6.6
          X-Original-URL|/admin|§§|/admin
          X-Rewrite-URL|/admin|§§|/admin
          Forwarded|for=6.6.6.6;host=evil|for=127.0.0.1;proto=http;host=h|for=6.6.6.6;host=evil, for=127.0.0.1;proto=http;host=h
          Via|1.0 a|1.0 a, 1.1 darban|1.0 a, 1.1 darban
          X-Mine|kept|kept|kept
          """)
  void claim_believedOnlyFromTrustedProxies(
      String name, String value, String fromAnybody, String fromTrusted) throws Exception {
    assertEquals(fromAnybody, seen("plain", name, value));
    assertEquals(fromTrusted, seen("behind", name, value));
  }

  @Test
  void circle_isSeenAtTheSecondRound() throws IOException {
    try (RawClient client = RawClient.connect(CIRCLE)) {
      client.send("GET /round HTTP/1.1\r\nHost: circle\r\n\r\n");
      RawClient.Answer answer = client.answer();
      assertEquals(508, answer.status());
      assertEquals(
          "darban; error=proxy_loop_detected; details=\"the request has passed here before\"",
          answer.field("Proxy-Status"));
    }
  }
}
