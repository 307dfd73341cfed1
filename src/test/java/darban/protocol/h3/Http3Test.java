package darban.protocol.h3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawHttp3;
import darban.testkit.ScriptedOrigin;
import io.netty.handler.codec.http3.Http3Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/3 from the client's side, frame by frame, in front of an origin that speaks HTTP/1.1. */
@ExtendWith(Guard.OfClass.class)
class Http3Test {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int MESSAGE_ERROR = 0x10e;

  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners:
              web: { address: "127.0.0.1:0", protocols: [h1, h2, h3], tls: internal, limits: { body: 1MiB } }
              proxy: { address: "127.0.0.1:0", mode: forward, protocols: [h2, h3], tls: internal }
            sites: { "*": { routes: [ { service: origin } ] } }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            forward: { private-addresses: allow }
            log: { access: off }
            """);
  }

  @AfterAll
  static void end() throws Exception {
    bench.close();
  }

  @BeforeEach
  void clear() throws Exception {
    bench.clear();
  }

  private static RawHttp3 client() throws Exception {
    return RawHttp3.connect(bench.gateway().port("web"));
  }

  private static ScriptedOrigin.Request seen() throws Exception {
    Await.until(SOON, () -> !bench.origin().requests().isEmpty(), () -> "nothing came");
    return bench.origin().requests().getFirst();
  }

  @Test
  void get_answered_manyOnOneConnection() throws Exception {
    try (RawHttp3 client = client()) {
      for (int i = 0; i < 3; i++) {
        RawHttp3.Request request = client.request().head("GET", "/" + i, "x-a", "b").end();
        Http3Headers head = request.headers();
        assertEquals("200", String.valueOf(head.status()));
        assertFalse(head.contains("connection"), head::toString);
        assertTrue(head.get("via").toString().startsWith("1.1 darban-"), head::toString);
        assertFalse(head.contains("alt-svc"), head::toString);
        assertEquals("GET /" + i + " 0", request.body());
      }
    }
    assertEquals("b", seen().field("X-A"));
    assertEquals("a.example", seen().field("Host"));
    assertEquals(null, seen().field("Transfer-Encoding"));
  }

  @Test
  void post_withTrailers_bothWays() throws Exception {
    bench
        .origin()
        .script(connection -> {
          connection.next();
          connection.send("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n");
          connection.send("5\r\nsalam\r\n0\r\nX-Sum: 7\r\n\r\n");
        });
    try (RawHttp3 client = client()) {
      RawHttp3.Request request =
          client.request().head("POST", "/", "trailer", "x-check").data("dar").data("ban");
      request.headers("x-check", "6").end();
      assertEquals(200, request.status());
      assertEquals("salam|x-sum=7", request.body());
    }
    assertEquals("darban", seen().body());
    assertEquals("6", seen().field("X-Check"));
    assertTrue(seen().whole());
  }

  @Test
  void post_ofManyPackets_arrivesWhole() throws Exception {
    try (RawHttp3 client = client()) {
      String body = "y".repeat(300_000);
      RawHttp3.Request request = client.request().head("POST", "/").data(body).end();
      assertEquals(200, request.status());
      assertEquals("POST / 300000", request.body());
    }
  }

  @Test
  void hints_andTheExpectation_relayed() throws Exception {
    bench
        .origin()
        .script(connection -> {
          ScriptedOrigin.Request head = connection.nextHead();
          connection.send("HTTP/1.1 103 X\r\nLink: </a.css>; rel=preload\r\n\r\n");
          connection.send("HTTP/1.1 100 Continue\r\n\r\n");
          connection.answer(connection.withBody(java.util.Objects.requireNonNull(head)), 200, "ok");
        });
    try (RawHttp3 client = client()) {
      RawHttp3.Request request =
          client.request().head("POST", "/", "expect", "100-continue", "content-length", "5");
      Http3Headers hints = request.headers();
      assertEquals("103", String.valueOf(hints.status()));
      assertEquals("</a.css>; rel=preload", hints.get("link").toString());
      assertEquals(100, request.status());
      request.data("salam").end();
      assertEquals(200, request.status());
      assertEquals("ok", request.body());
    }
  }

  @Test
  void pieces_passedOnAtOnce_bothWays() throws Exception {
    bench
        .origin()
        .script(connection -> {
          connection.nextHead();
          connection.send("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (int i = 0; i < 3; i++) {
            // A chunk for each that comes.
            assertEquals("1\r\n" + i + "\r\n", connection.read(6));
            connection.send("1\r\n" + (char) ('a' + i) + "\r\n");
          }
          connection.send("0\r\n\r\n");
        });
    try (RawHttp3 client = client()) {
      RawHttp3.Request request = client.request().head("POST", "/");
      assertEquals(200, request.status());
      for (int i = 0; i < 3; i++) {
        request.data(Integer.toString(i));
        assertEquals(Character.toString('a' + i), request.piece());
      }
      assertEquals("", request.body());
    }
    assertEquals(java.util.List.of(), bench.origin().faults());
  }

  @Test
  void answer_cut_isAReset() throws Exception {
    bench.origin().answeringOnce("HTTP/1.1 200 X\r\nContent-Length: 10\r\n\r\nsalam");
    try (RawHttp3 client = client()) {
      RawHttp3.Request request = client.request().head("GET", "/").end();
      assertEquals(200, request.status());
      assertEquals(0x102, request.resetCode());
      // The connection is as good as before.
      bench.clear();
      RawHttp3.Request next = client.request().head("GET", "/next").end();
      assertEquals(200, next.status());
      assertEquals("GET /next 0", next.body());
    }
  }

  @Test
  void upload_cut_isACutForTheOrigin_andFreesItsConnection() throws Exception {
    try (RawHttp3 client = client()) {
      RawHttp3.Request request = client.request().head("POST", "/", "content-length", "10");
      request.data("salam");
      Await.until(SOON, () -> bench.origin().received().endsWith("salam"), () -> "not sent");
      request.reset();
      Await.until(SOON, () -> bench.origin().open() == 0, () -> "still open");
    }
    assertTrue(bench.origin().received().endsWith("\r\n\r\nsalam"));
    assertFalse(seen().whole());
  }

  @ParameterizedTest
  @CsvSource({
    "connection, close",
    "transfer-encoding, chunked",
    "upgrade, h2c",
    "keep-alive, 5",
    "te, gzip",
    "X-Upper, 1",
    "bad name, 1",
    "x-bad, 'a\r\nb: c'",
    "host, b.example",
    ":status, 200",
    ":path, /b",
  })
  void head_malformed_isReset_andTheOriginIsNotAsked(String name, String value) throws Exception {
    try (RawHttp3 client = client()) {
      RawHttp3.Request request = client.request().head("GET", "/", name, value).end();
      assertEquals(MESSAGE_ERROR, request.resetCode());
      RawHttp3.Request next = client.request().head("GET", "/next").end();
      assertEquals(200, next.status());
      assertEquals("GET /next 0", next.body());
    }
    assertEquals(1, bench.origin().requests().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "7"})
  void body_ofAnotherLength_isReset_andACutForTheOrigin(String length) throws Exception {
    try (RawHttp3 client = client()) {
      RawHttp3.Request request = client.request().head("POST", "/", "content-length", length);
      Await.until(SOON, () -> bench.origin().unfinished() == 1, () -> "not sent");
      request.data("salam").end();
      assertEquals(MESSAGE_ERROR, request.resetCode());
    }
    Await.until(SOON, () -> bench.origin().open() == 0, () -> "still open");
    assertFalse(seen().whole());
  }

  @ParameterizedTest
  @ValueSource(strings = {"content-length 2000000", "x-a b"})
  void body_overTheLimit_isToldSo(String field) throws Exception {
    String[] words = field.split(" ");
    try (RawHttp3 client = client()) {
      RawHttp3.Request request = client.request().head("POST", "/", words[0], words[1]);
      if (words[0].equals("x-a")) {
        request.data("x".repeat(1 << 20)).data("y");
      }
      assertEquals(413, request.status());
    }
  }

  @Test
  void connect_isATunnel() throws Exception {
    bench
        .origin()
        .script(connection -> {
          connection.send("welcome");
          assertEquals("salam", connection.read(5));
          connection.send("bye");
          connection.finish();
          connection.readToEnd();
        });
    try (RawHttp3 client = RawHttp3.connect(bench.gateway().port("proxy"))) {
      String authority = "127.0.0.1:" + bench.origin().port();
      RawHttp3.Request request =
          client.request().headers(":method", "CONNECT", ":authority", authority);
      request.data("salam");
      assertEquals(200, request.status());
      assertEquals("welcomebye", request.piece() + request.body());
      request.end();
      Await.until(SOON, () -> bench.origin().open() == 0, () -> "still open");
    }
  }

  /** WebSockets over HTTP/3 (RFC 9220) are upgrades to an origin of HTTP/1.1. */
  @Test
  void extendedConnect_isAnUpgrade() throws Exception {
    bench
        .origin()
        .script(connection -> {
          ScriptedOrigin.Request request = java.util.Objects.requireNonNull(connection.next());
          assertEquals("websocket", request.field("Upgrade"));
          connection.send(
              "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  + "Sec-WebSocket-Accept: "
                  + accept(request)
                  + "\r\n\r\n");
          connection.send(connection.read(5).toUpperCase(java.util.Locale.ROOT));
        });
    try (RawHttp3 client = client()) {
      RawHttp3.Request request =
          client.request().head("CONNECT", "/chat", ":protocol", "websocket");
      assertEquals(200, request.status());
      request.data("salam");
      assertEquals("SALAM", request.piece());
    }
    assertEquals(java.util.List.of(), bench.origin().faults());
  }

  /** RFC 6455 §4.2.2. */
  private static String accept(ScriptedOrigin.Request request) {
    String key = request.field("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(key.getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  @Test
  void target_tooLong_isToldSo() throws Exception {
    try (RawHttp3 client = client()) {
      RawHttp3.Request request = client.request().head("GET", "/" + "x".repeat(9_000)).end();
      assertEquals(414, request.status());
      assertEquals("414", request.body().strip().substring(0, 3));
    }
  }

  @Test
  void head_tooLarge_isToldSo_andTheConnectionGoesOn() throws Exception {
    try (RawHttp3 client = client()) {
      RawHttp3.Request request = client.request().head("GET", "/", "x-a", "x".repeat(100_000));
      assertEquals(431, request.status());
      assertEquals(200, client.request().head("GET", "/").end().status());
    }
  }

  /** What Netty's encoder writes, Huffman's code and all. */
  @Test
  void fields_ofManyKinds_arriveAsTheyWere() throws Exception {
    StringBuilder all = new StringBuilder();
    for (char c = 0x21; c < 0xff; c++) {
      all.append(c == 0x7f ? '?' : c);
    }
    try (RawHttp3 client = client()) {
      RawHttp3.Request request =
          client
              .request()
              .head("GET", "/", "x-all", all.toString(), "accept-encoding", "br", "x-none", "")
              .end();
      assertEquals(200, request.status());
    }
    assertEquals(all.toString(), seen().field("X-All"));
    assertEquals("br", seen().field("Accept-Encoding"));
    assertEquals("", seen().field("X-None"));
  }

  /** Of a known length, so that all of its pieces are one frame; and of an unknown one. */
  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 200000", "Transfer-Encoding: chunked"})
  void body_large_arrivesWhole(String framing) throws Exception {
    String body = "0123456789".repeat(20_000);
    bench
        .origin()
        .script(connection -> {
          connection.next();
          connection.send("HTTP/1.1 200 X\r\n" + framing + "\r\n\r\n");
          boolean chunked = framing.endsWith("chunked");
          connection.send(chunked ? "30d40\r\n" + body + "\r\n0\r\n\r\n" : body);
        });
    try (RawHttp3 client = client()) {
      RawHttp3.Request request = client.request().head("GET", "/").end();
      assertEquals(200, request.status());
      assertEquals(body, request.body());
    }
  }

  /** As large as the listener is told, unless the client takes no more than so many bytes. */
  @ParameterizedTest
  @CsvSource({"9000, 65527, 9000", "9000, 1472, 1472", "1350, 65527, 1350", "16383, 20000, 16383"})
  void datagrams_asLargeAsBothSidesTake(int datagram, int taken, int largest) throws Exception {
    String body = "0123456789".repeat(50_000);
    try (Bench own =
        Bench.of(
            "plain: { address: \"127.0.0.1:0\", protocols: [h1, h3], tls: internal,"
                + " datagram: "
                + datagram
                + " }")) {
      own.origin()
          .script(connection -> {
            connection.next();
            connection.send("HTTP/1.1 200 X\r\nContent-Length: 500000\r\n\r\n" + body);
          });
      try (RawHttp3 client = RawHttp3.connect(own.gateway().port("plain"), taken)) {
        RawHttp3.Request request = client.request().head("GET", "/").end();
        assertEquals(200, request.status());
        assertEquals(body, request.body());
        assertEquals(largest, client.largestDatagram());
      }
    }
  }

  /** As when somebody seeks within a film: nothing more is to be fetched for it. */
  @Test
  void answer_notWantedAnyMore_isNotFetchedAnyMore() throws Exception {
    bench
        .origin()
        .script(connection -> {
          connection.next();
          connection.send("HTTP/1.1 200 X\r\nContent-Length: 1000000000\r\n\r\n");
          try {
            while (true) {
              connection.send("x".repeat(100_000));
            }
          } catch (java.io.IOException | java.io.UncheckedIOException cut) {
            // As it should be.
          }
        });
    try (RawHttp3 client = client()) {
      RawHttp3.Request request = client.request().head("GET", "/").end();
      assertEquals(200, request.status());
      request.piece();
      assertEquals(1, bench.origin().open());
      request.stop();
      Await.until(SOON, () -> bench.origin().open() == 0, () -> "still open");
    }
  }

  /** None of them is counted as under way any more, whether or not the client ends its side. */
  @Test
  void stop_afterStreamsThatEndedEarly_isAtOnce() throws Exception {
    try (Bench own =
        Bench.of("plain: { address: \"127.0.0.1:0\", protocols: [h1, h3], tls: internal }")) {
      own.origin().answeringOnce("HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nok");
      try (RawHttp3 client = RawHttp3.connect(own.gateway().port("plain"))) {
        assertEquals(414, client.request().head("POST", "/" + "x".repeat(9_000)).status());
        assertEquals(0x10e, client.request().head("GET", "/", "te", "gzip").resetCode());
        client.request().head("POST", "/").data("x").reset();
        own.origin()
            .script(connection -> {
              connection.nextHead();
              connection.send("HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nok");
              connection.readToEnd();
            });
        RawHttp3.Request early = client.request().head("POST", "/");
        assertEquals(200, early.status());
        assertEquals("ok", early.body());
        assertEquals(true, Await.result(own.gateway().stopping()));
        assertTrue(client.isClosed());
      }
    }
  }

  @Test
  void streams_brokenByTheClientAlone_endTheConnection() throws Exception {
    try (Bench own =
        Bench.of(
            "plain: { address: \"127.0.0.1:0\", protocols: [h1, h3], tls: internal,"
                + " limits: { floods: 10 } }")) {
      try (RawHttp3 client = RawHttp3.connect(own.gateway().port("plain"))) {
        for (int i = 0; i < 20; i++) {
          RawHttp3.Request request = client.request().head("GET", "/").end();
          assertEquals(200, request.status());
          assertEquals("GET / 0", request.body());
          assertEquals(MESSAGE_ERROR, client.request().head("GET", "/", "te", "x").resetCode());
        }
        for (int i = 0; i < 10; i++) {
          assertEquals(MESSAGE_ERROR, client.request().head("GET", "/", "te", "x").resetCode());
        }
        client.request().head("GET", "/", "te", "x");
        assertTrue(client.isClosed());
      }
      try (RawHttp3 next = RawHttp3.connect(own.gateway().port("plain"))) {
        assertEquals(200, next.request().head("GET", "/").end().status());
      }
    }
  }

  @Test
  void stop_streamUnderWay_isServed_thenTheConnectionEnds() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch word = new CountDownLatch(1);
    try (Bench own =
        Bench.of("plain: { address: \"127.0.0.1:0\", protocols: [h1, h3], tls: internal }")) {
      own.origin()
          .script(connection -> {
            ScriptedOrigin.Request request = connection.next();
            asked.countDown();
            awaited(word);
            connection.answer(java.util.Objects.requireNonNull(request), 200, "late");
          });
      try (RawHttp3 client = RawHttp3.connect(own.gateway().port("plain"))) {
        RawHttp3.Request request = client.request().head("GET", "/").end();
        awaited(asked);
        var clean = own.gateway().stopping();
        assertEquals(request.id() + 4, client.goAway());
        word.countDown();
        assertEquals(200, request.status());
        assertEquals("late", request.body());
        assertTrue(client.isClosed());
        assertEquals(true, Await.result(clean));
      }
    }
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertTrue(latch.await(10, TimeUnit.SECONDS));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
