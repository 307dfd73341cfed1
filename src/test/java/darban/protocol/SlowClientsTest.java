package darban.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.RawHttp2;
import darban.testkit.ScriptedOrigin;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that keep us waiting: each kind of waiting has an end, whatever drips meanwhile. All wait
 * at the same time, so that the whole takes no longer than the longest.
 */
@ExtendWith(Guard.OfClass.class)
class SlowClientsTest {
  private static final int CLOSED = 0;
  private static final String GET = "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String HEAD = "GET /slow HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(200);
  private static final String POST = "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: ";

  private static final Map<Slow, CompletableFuture<Outcome>> OUTCOMES = new EnumMap<>(Slow.class);
  private static Bench bench;

  /** The status that was answered last, {@link #CLOSED} if none was, and when. */
  private record Outcome(int status, long millis) {}

  /** What a client does; the status that comes of it. */
  interface Client {
    int run() throws IOException;
  }

  /** Ways to be slow: what is answered, after how long at least, and what the client does. */
  enum Slow {
    SILENT(CLOSED, 1000, () -> status(plain())),
    SILENT_BEFORE_THE_HANDSHAKE(CLOSED, 1000, () -> status(connect("tls"))),
    SILENT_BEFORE_IT_IS_KNOWN_WHAT_IT_SPEAKS(CLOSED, 1000, () -> status(connect("sniffed"))),
    PREFACE_CUT(CLOSED, 1000, () -> status(connect("sniffed").send("PRI * HTT"))),
    PREFACE_DRIPPED(
        CLOSED, 1000, () -> status(connect("sniffed").drip("PRI * HTTP/2.0\r\n\r\n", 1))),
    HANDSHAKE_DRIPPED(
        CLOSED,
        1000,
        () -> status(connect("tls").drip("\26\3\1\2\0\1\0\1\374" + "\3".repeat(60), 1))),
    SOCKS_CUT(CLOSED, 1000, () -> status(connect("forward").send("\5"))),
    EMPTY_LINES(CLOSED, 1000, () -> status(plain().drip("\r\n", 1))),
    HEAD_CUT(408, 1000, () -> status(plain().send(HEAD))),
    HEAD_DRIPPED(408, 1000, () -> status(plain().drip(HEAD, 1))),
    SECOND_HEAD_DRIPPED(408, 1000, () -> status(served().drip(HEAD, 1))),
    IDLE(CLOSED, 1500, () -> status(served())),
    BODY_SILENT(408, 2000, () -> status(plain().send(POST + "9\r\n\r\nsome"))),
    BODY_NEVER_BEGUN(408, 2000, () -> status(plain().send(POST + "9\r\n\r\n"))),
    CHUNK_SILENT(
        408,
        2000,
        () ->
            status(
                plain()
                    .send(
                        POST.replace(
                            "Content-Length: ", "Transfer-Encoding: chunked\r\n\r\n5\r\nsome")))),
    BODY_DRIPPED(408, 3000, () -> status(plain().drip(POST + "999\r\n\r\n" + "b".repeat(999), 9))),
    BODY_STEADY(
        200, 4000, () -> status(plain().send(POST + "4000\r\n\r\n").drip("b".repeat(4000), 90))),
    ANSWER_NOT_TAKEN(CLOSED, 2000, SlowClientsTest::takesNothing),
    TUNNEL_SILENT(
        CLOSED,
        1500,
        () -> {
          RawClient client = connect("forward");
          String to = "127.0.0.1:" + bench.origin().port();
          client.send("CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n\r\n");
          assertEquals(200, client.answerTo("CONNECT").status());
          return status(client);
        }),
    HTTP2_IDLE(
        CLOSED,
        1500,
        () -> {
          try (RawHttp2 client = http2().get(1, "/slow").flush()) {
            client.answer(1);
            return Objects.requireNonNull(client.goAway()).error();
          }
        }),
    HTTP2_BODY_SILENT(408, 2000, () -> http2Status(http2().upload(1, "9").flush(), 1)),
    HTTP2_BODY_DRIPPED(
        408,
        3000,
        () -> {
          RawHttp2 client = http2().get(1, "/slow").flush();
          client.answer(1);
          client.upload(3, "999").flush();
          for (int i = 0; i < 60; i++) {
            client.frame(RawHttp2.DATA, 0, 3, new byte[9]);
          }
          Thread.ofVirtual().start(() -> client.drips(9));
          return http2Status(client, 3);
        });

    private final int status;
    private final int atLeast;
    private final Client client;

    Slow(int status, int atLeast, Client client) {
      this.status = status;
      this.atLeast = atLeast;
      this.client = client;
    }

    private Outcome outcome() {
      long since = System.nanoTime();
      try {
        int status = client.run();
        return new Outcome(status, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(name(), e);
      }
    }
  }

  private static RawClient connect(String listener) throws IOException {
    return RawClient.connect(bench.gateway().port(listener));
  }

  private static RawClient plain() throws IOException {
    return connect("plain");
  }

  private static RawHttp2 http2() throws IOException {
    return RawHttp2.connect(bench.gateway().port("sniffed"));
  }

  private static RawClient served() throws IOException {
    RawClient client = plain().send(GET);
    assertEquals(200, client.answer().status());
    return client;
  }

  /** What is answered in the end. */
  private static int status(RawClient client) throws IOException {
    try (client) {
      return client.answer().status();
    } catch (EOFException | SocketException closed) {
      return CLOSED;
    }
  }

  private static int http2Status(RawHttp2 client, int stream) throws IOException {
    try (client) {
      return Integer.parseInt(client.answer(stream).status().toString());
    }
  }

  private static int takesNothing() throws IOException {
    try (RawClient client = RawClient.narrow(bench.gateway().port("plain"))) {
      client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
      ScriptedOrigin origin = bench.origin();
      Await.until(
          Duration.ofSeconds(10),
          () ->
              origin.connections().stream()
                  .anyMatch(each -> each.received().contains("/large") && each.over()),
          () -> "the answer still waits");
      return client.endsInReset() ? CLOSED : 200;
    } catch (IOException unexpected) {
      throw unexpected;
    } catch (Exception late) {
      throw new AssertionError(late);
    }
  }

  private static void echoOrLarge(ScriptedOrigin.Connection connection) throws IOException {
    for (ScriptedOrigin.Request next = connection.next(); next != null; next = connection.next()) {
      boolean large = next.line().endsWith("/large");
      connection.answer(next, 200, large ? "x".repeat(30_000_000) : "slow");
    }
  }

  @BeforeAll
  static void start() throws Exception {
    String timeouts =
        "timeouts: { handshake: 1s, head: 1s, idle: 1500ms, body: 2s, write: 2s, tunnel: 1500ms,"
            + " min-rate: 500, min-rate-after: 3s }";
    bench =
        Bench.yaml(
            """
            listeners:
              plain: { address: "127.0.0.1:0", TIMEOUTS }
              sniffed: { address: "127.0.0.1:0", protocols: [h1, h2], TIMEOUTS }
              tls: { address: "127.0.0.1:0", tls: internal, TIMEOUTS }
              forward: { address: "127.0.0.1:0", mode: forward, TIMEOUTS }
            sites: { "*": { routes: [ { service: origin } ] } }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            forward: { private-addresses: allow }
            log: { access: off }
            """
                .replace("TIMEOUTS", timeouts));
    bench.origin().script(SlowClientsTest::echoOrLarge);
    var executor = Executors.newVirtualThreadPerTaskExecutor();
    for (Slow each : Slow.values()) {
      OUTCOMES.put(each, CompletableFuture.supplyAsync(each::outcome, executor));
    }
    executor.shutdown();
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @ParameterizedTest
  @EnumSource
  void client_tooSlow_isEndedInTime(Slow slow) throws Exception {
    Outcome outcome = Objects.requireNonNull(OUTCOMES.get(slow)).get(20, TimeUnit.SECONDS);
    assertEquals(slow.status, outcome.status());
    int most = slow.atLeast + 4000;
    assertTrue(outcome.millis() > slow.atLeast - 100 && outcome.millis() < most, outcome::toString);
  }

  @Test
  void bodies_thatWereTooSlow_areCutsForTheOrigin() throws Exception {
    for (Slow each : Slow.values()) {
      Objects.requireNonNull(OUTCOMES.get(each)).get(20, TimeUnit.SECONDS);
    }
    Await.until(
        Duration.ofSeconds(5),
        () -> bench.origin().unfinished() == 0,
        () -> bench.origin().unfinished() + " uploads still run");
    long whole =
        bench.origin().requests().stream()
            .filter(each -> each.line().startsWith("POST") && each.whole())
            .count();
    assertEquals(1, whole, "the steady one");
  }
}
