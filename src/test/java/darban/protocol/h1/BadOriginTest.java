package darban.protocol.h1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import darban.testkit.Shown;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Origins that answer badly: before the head is passed on the client gets a status and the reason,
 * afterwards a visible cut; never a whole message. Their connection carries nothing else.
 */
@ExtendWith(Guard.OfClass.class)
class BadOriginTest {
  private static final String GET = "GET /bad HTTP/1.1\r\nHost: h\r\n\r\n";
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { service: origin } ] } }
            services:
              origin: { servers: [ "http://ORIGIN" ], timeouts: { response: 1s, idle: 1s } }
            log: { access: off }
            """,
            1);
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
  }

  /** How the origin sends what it sends. */
  private enum Way {
    AT_ONCE,
    DRIPPED
  }

  /** The first connection answers so; then it waits for the gateway. Others behave. */
  private static AtomicInteger answering(String bytes, Way way) {
    return answering(bytes, way, connection -> connection.readToEnd());
  }

  private static AtomicInteger answering(String bytes, Way way, ScriptedOrigin.Script then) {
    AtomicInteger connections = new AtomicInteger();
    bench
        .origin()
        .script(connection -> {
          if (connections.getAndIncrement() > 0) {
            ScriptedOrigin.ECHO.serve(connection);
            return;
          }
          connection.next();
          if (way == Way.DRIPPED) {
            connection.drip(bytes);
          } else {
            connection.send(bytes);
          }
          then.serve(connection);
        });
    return connections;
  }

  /** The next request goes by another connection, and gets what it asked for. */
  private static void nextIsServed(AtomicInteger connections) throws Exception {
    Await.until(
        Duration.ofSeconds(5), () -> bench.origin().open() == 0, () -> "the bad one lives on");
    try (RawClient client = bench.client()) {
      client.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
      assertEquals("GET /next 0", client.answer().body());
    }
    assertEquals(2, connections.get());
  }

  private static void refused(RawClient.Answer answer, int status, String error) {
    assertEquals(status, answer.status(), answer.body());
    String proxyStatus = answer.field("Proxy-Status");
    assertTrue(
        proxyStatus != null && proxyStatus.contains("error=" + error + ";"),
        () -> error + " is not in " + proxyStatus);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          HTTP/1.1 20 OK⏎⏎
          HTTP/1.1 2000 OK⏎⏎
          HTTP/1.1 099 OK⏎⏎
          HTTP/1.1 +20 OK⏎⏎
          HTTP/1.1  200 OK⏎⏎
          HTTP/1.1⇥200 OK⏎⏎
          HTTP/1.1 200OK⏎⏎
          HTTP/1.1 OK⏎⏎
          HTTP/1.1⏎⏎
           HTTP/1.1 200 OK⏎⏎
          HTTP/2.0 200 OK⏎⏎
          HTTP/1.2 200 OK⏎⏎
          HTTP/0.9 200 OK⏎⏎
          http/1.1 200 OK⏎⏎
          ICY 200 OK⏎⏎
          SSH-2.0-OpenSSH_9.2⏎⏎
          <html>hello</html>⏎⏎
          ␀␁␀␁⏎⏎
          GET / HTTP/1.1⏎Host: h⏎⏎
          HTTP/1.1 200 O␀K⏎⏎
          HTTP/1.1 200 O←K⏎⏎
          HTTP/1.1 200 OK↵↵
          HTTP/1.1 200 OK↵Content-Length: 0⏎⏎
          HTTP/1.1 200 OK⏎X: y↵Content-Length: 0⏎⏎
          HTTP/1.1 200 OK⏎X: a←b⏎Content-Length: 0⏎⏎
          HTTP/1.1 200 OK⏎X: a␀b⏎Content-Length: 0⏎⏎
          HTTP/1.1 200 OK⏎X: a⏎ b⏎Content-Length: 0⏎⏎
          HTTP/1.1 200 OK⏎ X: a⏎Content-Length: 0⏎⏎
          HTTP/1.1 200 OK⏎X⏎Content-Length: 0⏎⏎
          HTTP/1.1 200 OK⏎: a⏎Content-Length: 0⏎⏎
          HTTP/1.1 200 OK⏎X Y: a⏎Content-Length: 0⏎⏎
          HTTP/1.1 200 OK⏎Xä: a⏎Content-Length: 0⏎⏎
          HTTP/1.1 200 OK⏎X(: a⏎Content-Length: 0⏎⏎
          HTTP/1.1 200 OK⏎Content-Length: 5⏎Content-Length: 6⏎⏎hello!
          HTTP/1.1 200 OK⏎Content-Length: 5, 6⏎⏎hello!
          HTTP/1.1 200 OK⏎Content-Length: 5, 5⏎⏎hello
          HTTP/1.1 200 OK⏎Content-Length: +5⏎⏎hello
          HTTP/1.1 200 OK⏎Content-Length: -5⏎⏎hello
          HTTP/1.1 200 OK⏎Content-Length: 0x5⏎⏎hello
          HTTP/1.1 200 OK⏎Content-Length: 5 5⏎⏎hello
          HTTP/1.1 200 OK⏎Content-Length: five⏎⏎hello
          HTTP/1.1 200 OK⏎Content-Length:⏎⏎hello
          HTTP/1.1 200 OK⏎Content-Length: 18446744073709551621⏎⏎hello
          HTTP/1.1 200 OK⏎Content-Length: 5⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎⏎
          HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎Content-Length: 5⏎⏎5⏎hello⏎0⏎⏎
          HTTP/1.1 200 OK⏎Transfer-Encoding: chunked, chunked⏎⏎0⏎⏎
          HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎Transfer-Encoding: chunked⏎⏎0⏎⏎
          HTTP/1.1 200 OK⏎Transfer-Encoding: identity⏎⏎hello
          HTTP/1.1 200 OK⏎Transfer-Encoding: xchunked⏎⏎0⏎⏎
          HTTP/1.1 200 OK⏎Transfer-Encoding: gzip, chunked⏎⏎0⏎⏎
          HTTP/1.1 200 OK⏎Transfer-Encoding:⏎⏎0⏎⏎
          HTTP/1.1 200 OK⏎Transfer-Encoding: chunked;a=b⏎⏎0⏎⏎
          HTTP/1.0 200 OK⏎Transfer-Encoding: chunked⏎⏎0⏎⏎
          HTTP/1.1 204 No⏎Content-Length: x⏎⏎
          HTTP/1.1 304 No⏎Content-Length: 1⏎Content-Length: 2⏎⏎
          """)
  void head_malformed_502(String shown) throws Exception {
    for (Way way : Way.values()) {
      bench.clear();
      AtomicInteger connections = answering(Shown.raw(shown), way);
      try (RawClient client = bench.client()) {
        refused(client.send(GET).answer(), 502, "http_protocol_error");
        client.send("GET /again HTTP/1.1\r\nHost: h\r\n\r\n");
        assertEquals("GET /again 0", client.answer().body(), "the client's connection goes on");
      }
      assertEquals(2, connections.get());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          Content-Length: 10⏎⏎hello|hello
          Content-Length: 1⏎⏎|§§
          Transfer-Encoding: chunked⏎⏎|§§
          Transfer-Encoding: chunked⏎⏎5⏎hello⏎|hello
          Transfer-Encoding: chunked⏎⏎5⏎hello⏎0|hello
          Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎|hello
          Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X: y|hello
          Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X: y⏎|hello
          """)
  void body_cut_isACutForTheClient(String shown, String body) throws Exception {
    for (Way way : Way.values()) {
      bench.clear();
      String bytes = Shown.raw("HTTP/1.1 200 OK⏎" + shown);
      AtomicInteger connections = answering(bytes, way, connection -> {});
      try (RawClient client = bench.client()) {
        RawClient.Answer answer = client.send(GET).answer();
        assertEquals(200, answer.status());
        assertFalse(answer.whole());
        assertTrue(body.startsWith(answer.body()), answer.body());
        assertTrue(client.isClosed());
      }
      nextIsServed(connections);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          x⏎hello⏎0⏎⏎
          -5⏎hello⏎0⏎⏎
          0x5⏎hello⏎0⏎⏎
          ⏎5⏎hello⏎0⏎⏎
          5↵hello⏎0⏎⏎
          5⏎hello0⏎⏎
          5⏎hello!⏎0⏎⏎
          5⏎hello↵0⏎⏎
          5;a↵b⏎hello⏎0⏎⏎
          10000000000000005⏎hello⏎0⏎⏎
          5⏎hello⏎0↵↵
          5⏎hello⏎0⏎↵
          5⏎hello⏎0⏎X: y↵⏎
          5⏎hello⏎0⏎X : ␀⏎⏎
          5⏎hello⏎0⏎X⏎⏎
          5⏎hello⏎0⏎X: y⏎ z⏎⏎
          """)
  void body_badChunks_isACutForTheClient(String shown) throws Exception {
    for (Way way : Way.values()) {
      bench.clear();
      String bytes = Shown.raw("HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎⏎" + shown);
      AtomicInteger connections = answering(bytes, way);
      try (RawClient client = bench.client()) {
        assertFalse(client.send(GET).readsLastChunk());
      }
      nextIsServed(connections);
    }
  }
}
