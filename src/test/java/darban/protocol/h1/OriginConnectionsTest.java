package darban.protocol.h1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a connection to an origin serves another request, and what its end means. */
@ExtendWith(Guard.OfClass.class)
class OriginConnectionsTest {
  private static final String FIRST = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst";
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

  private static String request(String line) {
    return line + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  /** Each connection answers its first request so, and the others as ever. */
  private static AtomicInteger first(ScriptedOrigin.Script script) {
    AtomicInteger connections = new AtomicInteger();
    bench
        .origin()
        .script(connection -> {
          connections.incrementAndGet();
          connection.next();
          script.serve(connection);
          ScriptedOrigin.ECHO.serve(connection);
        });
    return connections;
  }

  /**
   * The answer ends where its framing says. What follows is nobody's answer; a connection in good
   * order serves the next request too.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          GET|HTTP/1.1 200 OK⏎Content-Length: 5⏎⏎hello|hello|1
          GET|HTTP/1.1 200 OK⏎Content-Length: 5⏎Content-Length: 5⏎⏎hello|hello|1
          GET|HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎⏎|hello|1
          GET|HTTP/1.1 200⏎Content-Length: 0⏎⏎|§§|1
          GET|HTTP/1.1 103 E⏎Link: a⏎⏎HTTP/1.1 200 OK⏎Content-Length: 5⏎⏎hello|hello|1
          GET|HTTP/1.1 204 No⏎⏎|§§|1
          GET|HTTP/1.1 204 No⏎Content-Length: 5⏎⏎|§§|1
          GET|HTTP/1.1 204 No⏎Transfer-Encoding: chunked⏎⏎|§§|1
          GET|HTTP/1.1 304 No⏎Content-Length: 5⏎⏎|§§|1
          HEAD|HTTP/1.1 200 OK⏎Content-Length: 5⏎⏎|§§|1
          HEAD|HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎⏎|§§|1
          GET|HTTP/1.0 200 OK⏎Connection: keep-alive⏎Content-Length: 5⏎⏎hello|hello|1
          GET|HTTP/1.0 200 OK⏎Content-Length: 5⏎⏎hello|hello|2
          GET|HTTP/1.1 200 OK⏎Connection: close⏎Content-Length: 5⏎⏎hello|hello|2
          GET|HTTP/1.1 200 OK⏎Connection: x, CLOSE⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎⏎|hello|2
          GET|HTTP/1.1 200 OK⏎Content-Length: 5⏎⏎hello!|hello|2
          GET|HTTP/1.1 200 OK⏎Content-Length: 5⏎⏎hello⏎|hello|2
          GET|HTTP/1.1 200 OK⏎Content-Length: 0⏎⏎hello|§§|2
          GET|HTTP/1.1 200 OK⏎Content-Length: 5⏎⏎helloHTTP/1.1 200 OK⏎Content-Length: 4⏎⏎evil|hello|2
          GET|HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎⏎HTTP/1.1 200 OK⏎Content-Length: 4⏎⏎evil|hello|2
          GET|HTTP/1.1 204 No⏎⏎HTTP/1.1 200 OK⏎Content-Length: 4⏎⏎evil|§§|2
          GET|HTTP/1.1 204 No⏎Content-Length: 5⏎⏎hello|§§|2
          GET|HTTP/1.1 304 No⏎Content-Length: 5⏎⏎hello|§§|2
          HEAD|HTTP/1.1 200 OK⏎Content-Length: 5⏎⏎hello|§§|2
          HEAD|HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎⏎|§§|2
          """)
  void answer_thenAnother_onTheSameConnectionIfInOrder(
      String method, String shown, String body, int connections) throws Exception {
    AtomicInteger made = first(connection -> connection.send(Shown.raw(shown)));
    try (RawClient client = bench.client()) {
      client.send(request(method + " /first"));
      RawClient.Answer answer = client.answerTo(method);
      while (answer.status() == 103) {
        answer = client.answerTo(method);
      }
      assertEquals(body, answer.body());
      assertTrue(answer.whole());
      bench
          .origin()
          .script(connection -> {
            made.incrementAndGet();
            ScriptedOrigin.ECHO.serve(connection);
          });
      assertEquals("GET /next 0", client.send(request("GET /next")).answer().body());
    }
    assertEquals(connections, made.get());
  }

  /** What comes when nobody asked closes the connection, before anyone is given it. */
  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 200 OK⏎Content-Length: 4⏎⏎evil", "⏎", "x"})
  void surplus_afterTheAnswer_neverReachesTheNext(String shown) throws Exception {
    AtomicInteger made = new AtomicInteger();
    bench
        .origin()
        .script(connection -> {
          if (made.getAndIncrement() == 0) {
            connection.next();
            connection.send(FIRST);
            connection.read(1);
          } else {
            ScriptedOrigin.ECHO.serve(connection);
          }
        });
    try (RawClient client = bench.client()) {
      assertEquals("first", client.send(request("GET /")).answer().body());
      bench.origin().connections().getFirst().send(Shown.raw(shown));
      Await.until(
          Duration.ofSeconds(5), () -> bench.origin().open() == 0, () -> "it is kept all the same");
      assertEquals("GET /next 0", client.send(request("GET /next")).answer().body());
    }
    assertEquals(2, made.get());
  }

  @Test
  void close_atEveryByteOfAnAnswer_neverLooksWhole() throws Exception {
    for (String framing :
        new String[] {"Content-Length: 5⏎⏎hello", "Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X: y⏎⏎"}) {
      String whole = Shown.raw("HTTP/1.1 200 OK⏎" + framing);
      int head = whole.indexOf("\r\n\r\n") + 4;
      for (int upTo = 0; upTo < whole.length(); upTo++) {
        bench.clear();
        String part = whole.substring(0, upTo);
        bench.origin().answeringOnce(part);
        try (RawClient client = bench.client()) {
          RawClient.Answer answer = client.send(request("POST /")).answer();
          assertEquals(upTo < head ? 502 : 200, answer.status(), part);
          assertEquals(upTo < head, answer.whole(), part);
        }
      }
    }
  }

  @Test
  void reset_whereOnlyTheCloseEndsTheBody_isACut() throws Exception {
    String answer = Shown.raw("HTTP/1.1 200 OK⏎⏎hello");
    bench.origin().answeringOnce(answer);
    try (RawClient client = bench.client()) {
      RawClient.Answer whole = client.send(request("GET /")).answer();
      assertTrue(whole.whole());
      assertEquals("hello", whole.body());
    }
    bench
        .origin()
        .script(connection -> {
          connection.next();
          connection.send(answer);
          connection.read(1);
        });
    try (RawClient client = bench.client()) {
      client.send(request("GET /"));
      assertEquals("HTTP/1.1 200", client.read(12));
      bench.origin().connections().getLast().reset();
      assertFalse(client.readsLastChunk());
    }
  }

  @Test
  void interim_upToTen_relayed_beyond502() throws Exception {
    String hint = "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\nContent-Length: 3\r\n\r\n";
    String last = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    bench.origin().answeringOnce(hint.repeat(10) + last);
    try (RawClient client = bench.client()) {
      client.send(request("GET /"));
      for (int i = 0; i < 10; i++) {
        RawClient.Answer interim = client.answer();
        assertEquals(103, interim.status());
        assertNull(interim.field("Content-Length"));
        assertEquals("<a>", interim.field("Link"));
      }
      assertEquals(200, client.answer().status());
    }
    bench.origin().answeringOnce(hint.repeat(1000) + last);
    try (RawClient client = bench.client()) {
      RawClient.Answer answer = client.send(request("GET /")).finalAnswer();
      assertEquals(502, answer.status());
    }
  }

  @Test
  void head_tooLarge_502() throws Exception {
    String[] heads = {
      "HTTP/1.1 200 OK\r\nX: " + "v".repeat(70_000) + "\r\n\r\n",
      "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(257) + "\r\n",
      "HTTP/1.1 200 " + "O".repeat(700_000),
    };
    for (String head : heads) {
      bench.clear();
      bench.origin().answeringOnce(head);
      try (RawClient client = bench.client()) {
        RawClient.Answer answer = client.send(request("GET /")).answer();
        assertEquals(502, answer.status());
        String why = String.valueOf(answer.field("Proxy-Status"));
        assertTrue(why.contains("http_response_header_section_size"), why);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nX: y\r\n", "HTTP/1.1 103 E\r\n\r\n"})
  void head_notInTime_504(String part) throws Exception {
    bench
        .origin()
        .script(connection -> {
          connection.next();
          connection.send(part);
          connection.readToEnd();
        });
    try (RawClient client = bench.client()) {
      RawClient.Answer answer = client.send(request("POST /")).finalAnswer();
      assertEquals(504, answer.status());
      String why = String.valueOf(answer.field("Proxy-Status"));
      assertTrue(why.contains("http_response_timeout"), why);
    }
    Await.until(
        Duration.ofSeconds(5), () -> bench.origin().open() == 0, () -> "the connection lives on");
  }

  @Test
  void head_dripped_notInTime_504() throws Exception {
    bench
        .origin()
        .script(connection -> {
          connection.next();
          connection.send("HTTP/1.1 200 OK\r\nX: ");
          while (true) {
            connection.send("y");
            java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
          }
        });
    try (RawClient client = bench.client()) {
      assertEquals(504, client.send(request("GET /")).answer().status());
    }
  }

  @Test
  void body_silent_isACut() throws Exception {
    bench
        .origin()
        .script(connection -> {
          connection.next();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
          connection.readToEnd();
        });
    try (RawClient client = bench.client()) {
      RawClient.Answer answer = client.send(request("GET /")).answer();
      assertEquals("hello", answer.body());
      assertFalse(answer.whole());
    }
  }

  /** A kept connection may be closed at any moment: the request goes again, if it may. */
  @Test
  void keptConnection_closedUnderARequest_costsNoError() throws Exception {
    AtomicInteger made = new AtomicInteger();
    bench
        .origin()
        .script(connection -> {
          if (made.getAndIncrement() == 0) {
            connection.next();
            connection.send(FIRST);
            connection.next();
          } else {
            ScriptedOrigin.ECHO.serve(connection);
          }
        });
    try (RawClient client = bench.client()) {
      assertEquals("first", client.send(request("GET /")).answer().body());
      assertEquals("GET /next 0", client.send(request("GET /next")).answer().body());
    }
    assertEquals(2, made.get());
  }

  @Test
  void keptConnection_closedUnderAPost_isNotTriedAgain() throws Exception {
    AtomicInteger made = new AtomicInteger();
    bench
        .origin()
        .script(connection -> {
          if (made.getAndIncrement() == 0) {
            connection.next();
            connection.send(FIRST);
            connection.next();
          } else {
            ScriptedOrigin.ECHO.serve(connection);
          }
        });
    try (RawClient client = bench.client()) {
      assertEquals("first", client.send(request("GET /")).answer().body());
      assertEquals(502, client.send(request("POST /next")).answer().status());
    }
    assertEquals(1, made.get());
  }
}
