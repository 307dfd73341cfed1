package darban.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes both ways through the gateway, and in which order; straight and over HTTP/2. */
@ExtendWith(Guard.OfClass.class)
class RelayTest {
  /** How the client's bytes get to the origin. */
  enum Hops {
    STRAIGHT,
    OVER_HTTP2
  }

  private static final Map<Hops, Bench> BENCHES = new EnumMap<>(Hops.class);
  private static final String POST = "POST /p HTTP/1.1\r\nHost: h\r\n";

  @BeforeAll
  static void start() throws Exception {
    BENCHES.put(Hops.STRAIGHT, Bench.plain());
    BENCHES.put(Hops.OVER_HTTP2, Bench.overHttp2());
  }

  @AfterAll
  static void stop() throws Exception {
    for (Bench each : BENCHES.values()) {
      each.close();
    }
  }

  @AfterEach
  void clear() throws Exception {
    for (Bench each : BENCHES.values()) {
      each.clear();
    }
  }

  private static Bench bench(Hops hops) {
    return Objects.requireNonNull(BENCHES.get(hops));
  }

  private static void until(java.util.concurrent.Callable<Boolean> condition) throws Exception {
    Await.until(Duration.ofSeconds(10), condition, () -> "not within ten seconds");
  }

  @ParameterizedTest
  @EnumSource
  void trailers_bothWays(Hops hops) throws Exception {
    Bench bench = bench(hops);
    bench
        .origin()
        .answering(
            """
            HTTP/1.1 200 OK\r
            Transfer-Encoding: chunked\r
            Trailer: X-Sum, Host\r
            \r
            5\r
            hello\r
            0\r
            X-Sum: 12\r
            Host: evil\r
            \r
            """);
    try (RawClient client = bench.client()) {
      client.send(
          POST
              + "TE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-In: 7\r\n\r\n");
      RawClient.Answer answer = client.answer();
      assertEquals("hello", answer.body());
      assertEquals("12", answer.field("X-Sum"));
      assertFalse(answer.has("Host"));
    }
    ScriptedOrigin.Request seen = bench.origin().requests().getFirst();
    assertEquals("abc", seen.body());
    assertEquals("7", seen.field("X-In"));
    assertEquals("trailers", seen.field("TE"));
  }

  @ParameterizedTest
  @EnumSource
  void client_doneWithSending_whoReadsLate_getsAll(Hops hops) throws Exception {
    String piece = "0123456789abcdef".repeat(64 * 1024);
    int pieces = 40;
    AtomicInteger sent = new AtomicInteger();
    bench(hops)
        .origin()
        .script(connection -> {
          connection.next();
          connection.send(
              "HTTP/1.1 200 OK\r\nContent-Length: " + (long) pieces * piece.length() + "\r\n\r\n");
          for (int i = 0; i < pieces; i++) {
            connection.send(piece);
            sent.incrementAndGet();
          }
        });
    try (RawClient client = bench(hops).client()) {
      client.send("GET /late HTTP/1.1\r\nHost: h\r\n\r\n").finish();
      until(() -> sent.get() > 2);
      String all = client.readToEnd();
      assertEquals((long) pieces * piece.length(), all.length() - all.indexOf("\r\n\r\n") - 4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void expectation_passedOn_andTheBodyWaitsForTheOriginsWord(Hops hops) throws Exception {
    Bench bench = bench(hops);
    CountDownLatch go = new CountDownLatch(1);
    bench
        .origin()
        .script(connection -> {
          ScriptedOrigin.Request head = Objects.requireNonNull(connection.nextHead());
          awaited(go);
          connection.send("HTTP/1.1 100 Continue\r\n\r\n");
          ScriptedOrigin.Request whole = connection.withBody(head);
          connection.answer(whole, 200, whole.body());
        });
    try (RawClient client = bench.client()) {
      client.send(POST + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      until(() -> !bench.origin().requests().isEmpty());
      assertEquals("100-continue", bench.origin().requests().getFirst().field("Expect"));
      go.countDown();
      assertEquals(100, client.answer().status());
      client.send("hello");
      assertEquals("hello", client.answer().body());
    }
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertTrue(latch.await(10, TimeUnit.SECONDS));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @EnumSource
  void expectation_refused_theConnectionIsNotUsedForTheUnsentBody(Hops hops) throws Exception {
    Bench bench = bench(hops);
    bench
        .origin()
        .script(connection -> {
          connection.nextHead();
          connection.send("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
          connection.readToEnd();
        });
    try (RawClient client = bench.client()) {
      client.send(POST + "Expect: 100-continue\r\nContent-Length: 500000\r\n\r\n");
      RawClient.Answer answer = client.answer();
      assertEquals(403, answer.status());
      assertEquals("close", answer.field("Connection"));
      assertTrue(client.isClosed());
    }
    until(() -> bench.origin().open() == 0);
  }

  @ParameterizedTest
  @EnumSource
  void earlyAnswer_whileUploading_reachesTheClient(Hops hops) throws Exception {
    Bench bench = bench(hops);
    bench
        .origin()
        .script(connection -> {
          connection.nextHead();
          connection.read(5);
          connection.send("HTTP/1.1 413 Much\r\nContent-Length: 8\r\n\r\ntoo much");
          connection.readToEnd();
        });
    try (RawClient client = bench.client()) {
      client.send(POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      RawClient.Answer answer = client.answer();
      assertEquals(413, answer.status());
      assertEquals("too much", answer.body());
      assertTrue(client.sendWhatItTakes("5\r\nhello\r\n").isClosed());
    }
    until(() -> bench.origin().open() == 0);
  }

  @ParameterizedTest
  @EnumSource
  void answerAndUpload_atTheSameTime(Hops hops) throws Exception {
    Bench bench = bench(hops);
    bench
        .origin()
        .script(connection -> {
          ScriptedOrigin.Request head = Objects.requireNonNull(connection.nextHead());
          connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
          connection.withBody(head);
          connection.send("3\r\nbye\r\n0\r\n\r\n");
          ScriptedOrigin.ECHO.serve(connection);
        });
    try (RawClient client = bench.client()) {
      client.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
      assertEquals("HTTP/1.1 200 OK\r\n", client.read(17));
      client.send("3\r\nabc\r\n0\r\n\r\n");
      assertTrue(client.readToEnd().endsWith("\r\n\r\n2\r\nhi\r\n3\r\nbye\r\n0\r\n\r\n"));
    }
    assertEquals("abc", bench.origin().requests().getFirst().body());
  }

  @ParameterizedTest
  @EnumSource
  void hints_relayedAtOnce(Hops hops) throws Exception {
    Bench bench = bench(hops);
    CountDownLatch go = new CountDownLatch(1);
    bench
        .origin()
        .script(connection -> {
          connection.next();
          connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n");
          awaited(go);
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
    try (RawClient client = bench.client()) {
      RawClient.Answer hint = client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").answer();
      assertEquals(103, hint.status());
      assertEquals("</a>; rel=preload", hint.field("Link"));
      go.countDown();
      assertEquals(200, client.answer().status());
    }
  }

  @ParameterizedTest
  @EnumSource
  void hints_notSentToVersion10(Hops hops) throws Exception {
    Bench bench = bench(hops);
    bench
        .origin()
        .answering("HTTP/1.1 103 E\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    try (RawClient client = bench.client()) {
      assertEquals(200, client.send("GET / HTTP/1.0\r\nHost: h\r\n\r\n").answer().status());
    }
  }

  @ParameterizedTest
  @EnumSource
  void pieces_passedOnAtOnce_bothWays(Hops hops) throws Exception {
    Bench bench = bench(hops);
    bench
        .origin()
        .script(connection -> {
          connection.nextHead();
          connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (int i = 0; i < 20; i++) {
            String piece = connection.read("1\r\nx\r\n".length());
            connection.send(piece);
          }
          connection.send("0\r\n\r\n");
          connection.readToEnd();
        });
    try (RawClient client = bench.client()) {
      client.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
      while (!client.read(1).equals("\n") || !client.read(2).equals("\r\n")) {
        // The head's lines.
      }
      for (int i = 0; i < 20; i++) {
        client.send("1\r\n" + (char) ('a' + i) + "\r\n");
        assertEquals("1\r\n" + (char) ('a' + i) + "\r\n", client.read(6));
      }
      client.send("0\r\n\r\n");
      assertEquals("0\r\n\r\n", client.read(5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void pipelined_answeredInOrder(Hops hops) throws Exception {
    Bench bench = bench(hops);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      all.append(i % 3 == 0 ? "POST /" + i + " HTTP/1.1\r\nContent-Length: 3\r\n" : "GET /" + i)
          .append(i % 3 == 0 ? "Host: h\r\n\r\nabc" : " HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    try (RawClient client = bench.client()) {
      client.send(all.toString());
      for (int i = 0; i < 50; i++) {
        String expected = (i % 3 == 0 ? "POST /" + i + " 3" : "GET /" + i + " 0");
        assertEquals(expected, client.answer().body());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void halfClosedClient_isAnsweredAllTheSame(Hops hops) throws Exception {
    Bench bench = bench(hops);
    try (RawClient client = bench.client()) {
      client
          .send(POST + "Content-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nHost: h\r\n\r\n")
          .finish();
      assertEquals("POST /p 5", client.answer().body());
      assertEquals("GET /b 0", client.answer().body());
      assertTrue(client.isClosed());
    }
  }

  @ParameterizedTest
  @EnumSource
  void clientGone_beforeTheAnswer_endsTheOriginsWork(Hops hops) throws Exception {
    Bench bench = bench(hops);
    bench
        .origin()
        .script(connection -> {
          connection.next();
          connection.readToEnd();
        });
    try (RawClient client = bench.client()) {
      client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
      until(() -> !bench.origin().requests().isEmpty());
      client.reset();
    }
    until(() -> bench.origin().open() == 0);
  }

  @ParameterizedTest
  @EnumSource
  void upgrade_earlyBytesOfBothSides_arrive(Hops hops) throws Exception {
    if (hops == Hops.OVER_HTTP2) {
      return; // An upgrade of HTTP/1 is none of HTTP/2.
    }
    Bench bench = bench(hops);
    for (int cut = 0; cut < 2; cut++) {
      CountDownLatch go = new CountDownLatch(1);
      bench
          .origin()
          .script(connection -> {
            connection.nextHead();
            awaited(go);
            connection.send(
                "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\nearly down");
            connection.send(connection.read("early up, late up".length()));
            connection.finish();
            connection.readToEnd();
          });
      try (RawClient client = bench.client()) {
        String request =
            "GET /u HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n";
        if (cut == 0) {
          client.send(request + "early up");
        } else {
          client.send(request);
          until(() -> !bench.origin().requests().isEmpty());
          client.send("early up");
        }
        until(() -> !bench.origin().requests().isEmpty());
        go.countDown();
        RawClient.Answer answer = client.answer();
        assertEquals(101, answer.status());
        assertEquals("chat", answer.field("Upgrade"));
        assertEquals("early down", client.read(10));
        client.send(", late up");
        assertEquals("early up, late up", client.readToEnd());
        client.send("after their end").finish();
      }
      until(() -> bench.origin().open() == 0);
      assertTrue(bench.origin().received().endsWith("early up, late upafter their end"));
      bench.clear();
    }
  }

  @ParameterizedTest
  @EnumSource
  void upgrade_declined_isAnOrdinaryAnswer(Hops hops) throws Exception {
    Bench bench = bench(hops);
    try (RawClient client = bench.client()) {
      client.send("GET /u HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
      assertEquals("GET /u 0", client.answer().body());
      client.send("GET /v HTTP/1.1\r\nHost: h\r\n\r\n");
      assertEquals("GET /v 0", client.answer().body());
    }
  }

  @ParameterizedTest
  @EnumSource
  void answer_cut_isACut(Hops hops) throws Exception {
    Bench bench = bench(hops);
    for (String body :
        List.of(
            "Content-Length: 10\r\n\r\nhello",
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nx")) {
      bench.origin().answeringOnce("HTTP/1.1 200 OK\r\n" + body);
      try (RawClient client = bench.client()) {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertFalse(client.readsLastChunk());
      }
      try (RawClient client = bench.client()) {
        client.send("GET / HTTP/1.0\r\nHost: h\r\n\r\n");
        assertTrue(client.endsInReset(), "with no length, only a reset shows a cut");
      }
    }
  }
}
