package darban.stage.forwarded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What origins are told of clients, and whose word on it counts. */
@ExtendWith(Guard.OfClass.class)
class ForwardedStageTest {
  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners:
              plain: { address: "127.0.0.1:0" }
              behind: { address: "127.0.0.1:0", trusted-proxies: [127.0.0.0/8, 10.0.0.0/8] }
              proxy: { address: "127.0.0.1:0", mode: forward }
            sites: { "*": { routes: [ { service: origin } ] } }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            forward: { private-addresses: allow }
            log: { access: { file: access.log, format: common } }
            """);
  }

  @AfterAll
  static void end() throws Exception {
    bench.close();
  }

  private static ScriptedOrigin.Request passed(String listener, String fields) throws Exception {
    bench.clear();
    try (RawClient client = RawClient.connect(bench.gateway().port(listener))) {
      String target =
          listener.equals("proxy") ? "http://127.0.0.1:" + bench.origin().port() + "/" : "/";
      String host =
          listener.equals("proxy") ? "127.0.0.1:" + bench.origin().port() : "a.example:8443";
      client.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n");
      assertEquals(200, client.answer().status());
    }
    return bench.origin().requests().getFirst();
  }

  private static String all(ScriptedOrigin.Request request, String name) {
    return String.join(" | ", request.all(name));
  }

  private static final String FORGED =
      """
      Forwarded: for=192.0.2.9\r
      X-Forwarded-For: 192.0.2.9\r
      X-Forwarded-Proto: https\r
      X-Forwarded-Host: evil.example\r
      X-Forwarded-Port: 1\r
      X-Real-IP: 192.0.2.9\r
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Forwarded         | for=127.0.0.1;proto=http;host="a.example:8443"
          X-Forwarded-For   | 127.0.0.1
          X-Forwarded-Proto | http
          X-Forwarded-Host  | a.example:8443
          X-Forwarded-Port  | PORT
          X-Real-IP         | ''
          """)
  void stranger_whatHeSaysOfOthers_isReplaced(String name, String value) throws Exception {
    String port = Integer.toString(bench.gateway().port("plain"));
    assertEquals(value.replace("PORT", port), all(passed("plain", FORGED), name));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Forwarded         | for=192.0.2.9, for=127.0.0.1;proto=http;host="a.example:8443"
          X-Forwarded-For   | 192.0.2.9, 127.0.0.1
          X-Forwarded-Proto | https
          X-Forwarded-Host  | evil.example
          X-Forwarded-Port  | 1
          X-Real-IP         | 192.0.2.9
          """)
  void trustedProxy_whatItSays_isKeptAndAddedTo(String name, String value) throws Exception {
    assertEquals(value, all(passed("behind", FORGED), name));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain  | 192.0.2.9                       | 127.0.0.1
          behind | 192.0.2.9                       | 192.0.2.9
          behind | 198.51.100.1, 192.0.2.9         | 192.0.2.9
          behind | 198.51.100.1, 10.1.1.1          | 198.51.100.1
          behind | 10.1.1.1                        | 10.1.1.1
          behind | nonsense                        | 127.0.0.1
          """)
  void accessLog_hasTheClientThatIsBelieved(String listener, String said, String logged)
      throws Exception {
    Path log = bench.folder().resolve("access.log");
    long before = Files.exists(log) ? Files.readAllLines(log).size() : 0;
    passed(listener, "X-Forwarded-For: " + said + "\r\n");
    darban.testkit.Await.until(
        java.time.Duration.ofSeconds(10),
        () -> Files.readAllLines(log).size() > before,
        () -> "no line");
    String line = Files.readAllLines(log).getLast();
    assertTrue(line.startsWith(logged + " - "), line);
  }

  @Test
  void via_added_towardsBothSides() throws Exception {
    bench.clear();
    bench.origin().answering("HTTP/1.1 200 X\r\nVia: 1.0 before\r\nContent-Length: 0\r\n\r\n");
    try (RawClient client = bench.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 fred, 2.0 bob\r\n\r\n");
      String answered = String.valueOf(client.answer().field("Via"));
      assertTrue(answered.matches("1\\.0 before, 1\\.1 darban-[0-9a-f]{8}"), answered);
    }
    String asked = String.valueOf(bench.origin().requests().getFirst().field("Via"));
    assertTrue(asked.matches("1\\.0 fred, 2\\.0 bob, 1\\.1 darban-[0-9a-f]{8}"), asked);
  }

  /** Whatever comes back here by its own mark has gone in a circle. */
  @Test
  void loop_isEnded() throws Exception {
    String mark = String.valueOf(passed("plain", "").field("Via"));
    for (String listener : List.of("plain", "behind")) {
      bench.clear();
      try (RawClient client = RawClient.connect(bench.gateway().port(listener))) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 x, " + mark + "\r\n\r\n");
        RawClient.Answer answer = client.answer();
        assertEquals(508, answer.status());
        String why = String.valueOf(answer.field("Proxy-Status"));
        assertTrue(why.contains("error=proxy_loop_detected"), why);
      }
      assertEquals(List.of(), bench.origin().requests());
    }
  }

  /** A gateway that is its own origin: the first round is the last. */
  @Test
  void loop_throughTheNetwork_isEnded() throws Exception {
    int port = darban.testkit.Ports.free();
    try (Bench circle =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:%1$d" } }
            sites: { "*": { routes: [ { service: self } ] } }
            services: { self: { servers: [ "http://127.0.0.1:%1$d" ] } }
            log: { access: off }
            """
                .formatted(port))) {
      try (RawClient client = circle.client()) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertEquals(508, client.answer().status());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP"})
  void forwardProxy_tellsOriginsNothingOfItsClients(String name) throws Exception {
    assertEquals("", all(passed("proxy", FORGED), name));
  }

  /**
   * RFC 9110 §6.6.1: a proxy without a Date from the origin may add one; its own answers have it.
   */
  @ParameterizedTest
  @CsvSource({
    "'', true",
    "'Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n', false",
  })
  void date_ofTheOrigin_isKept_elseIsOurs(String field, boolean ours) throws Exception {
    bench.clear();
    bench.origin().answering("HTTP/1.1 200 X\r\n" + field + "Content-Length: 0\r\n\r\n");
    try (RawClient client = bench.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      String date = String.valueOf(client.answer().field("Date"));
      assertEquals(ours, !date.equals("Thu, 01 Jan 2026 00:00:00 GMT"), date);
      assertTrue(date.matches("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} 20\\d\\d [0-9:]{8} GMT"), date);
    }
  }
}
