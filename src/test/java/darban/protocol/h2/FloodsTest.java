package darban.protocol.h2;

import static darban.testkit.RawHttp2.ACK;
import static darban.testkit.RawHttp2.CONTINUATION;
import static darban.testkit.RawHttp2.DATA;
import static darban.testkit.RawHttp2.END_HEADERS;
import static darban.testkit.RawHttp2.END_STREAM;
import static darban.testkit.RawHttp2.GOAWAY;
import static darban.testkit.RawHttp2.HEADERS;
import static darban.testkit.RawHttp2.PADDED;
import static darban.testkit.RawHttp2.PING;
import static darban.testkit.RawHttp2.PRIORITY;
import static darban.testkit.RawHttp2.RST_STREAM;
import static darban.testkit.RawHttp2.WINDOW_UPDATE;
import static darban.testkit.RawHttp2.block;
import static darban.testkit.RawHttp2.bytes;
import static darban.testkit.RawHttp2.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.LogFile;
import darban.testkit.RawClient;
import darban.testkit.RawHttp2;
import darban.testkit.ScriptedOrigin;
import io.netty.util.internal.PlatformDependent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Floods of frames: each ends its connection soon, costs the origin next to nothing and nobody else
 * anything. Up to what is allowed the connection goes on.
 */
@ExtendWith(Guard.OfClass.class)
class FloodsTest {
  private static final int PROTOCOL_ERROR = 1;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int MOST_AT_THE_ORIGIN = 100;
  private static final long MOST_MEMORY = 8 * 1024 * 1024;

  private static Bench bench;
  private static LogFile log;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners:
              plain:
                address: "127.0.0.1:0"
                protocols: [h1, h2]
                timeouts: { head: 1s, window: 1s }
            sites: { "*": { routes: [ { service: origin } ] } }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            log: { access: { file: access.log } }
            """);
    log =
        new LogFile(
            bench.folder().resolve("access.log"),
            line -> line.matches(".*(flood|connection error).*"));
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
    log.skip();
  }

  /** Adds the frames of round {@code i}, counted from 0. */
  interface Frames {
    void add(RawHttp2 client, int i);
  }

  /** What a peer may send too much of: which flood it is, how much is allowed, and the frames. */
  enum Flooding {
    RAPID_RESET("RESETS flood", 100, (client, i) -> client.get(id(i), "/").reset(id(i))),
    RESET_WHEN_OVER("RESETS flood", 100, (client, i) -> client.reset(1)),
    WINDOW_OF_ZERO(
        "FAULTS flood",
        50,
        (client, i) -> client.get(id(i), "/").frame(WINDOW_UPDATE, 0, id(i), bytes(0))),
    WINDOW_OVERFLOW(
        "FAULTS flood",
        50,
        (client, i) ->
            client.get(id(i), "/").frame(WINDOW_UPDATE, 0, id(i), bytes(Integer.MAX_VALUE))),
    DATA_BEHIND_THE_END(
        "FAULTS flood",
        50,
        (client, i) -> client.get(id(i), "/").frame(DATA, 0, id(i), new byte[1])),
    PRIORITY_OF_FOUR_BYTES(
        "FAULTS flood",
        50,
        (client, i) -> client.get(id(i), "/").frame(PRIORITY, 0, id(i), bytes(0))),
    MALFORMED_REQUEST(
        "FAULTS flood", 50, (client, i) -> client.headers(id(i), END_STREAM, ":method", "GET")),
    MORE_THAN_DECLARED(
        "FAULTS flood",
        50,
        (client, i) -> client.upload(id(i), "1").frame(DATA, 0, id(i), bytes(7))),
    EMPTY_NAMES(
        "FAULTS flood", 50, (client, i) -> client.headers(id(i), END_STREAM, many(1000, ""))),
    FAR_TOO_MANY_FIELDS(
        "FAULTS flood",
        50,
        (client, i) -> client.frame(HEADERS, END_STREAM | END_HEADERS, id(i), bomb(i))),
    CONTINUATION_FULL(
        "connection error: head too large",
        8,
        (client, i) -> client.frame(i == 0 ? HEADERS : CONTINUATION, 0, 3, field(16_000))),
    CONTINUATION_SMALL(
        "CONTINUATION flood",
        8,
        (client, i) -> client.frame(i == 0 ? HEADERS : CONTINUATION, 0, 3, field(1))),
    CONTINUATION_EMPTY(
        "CONTINUATION flood",
        8,
        (client, i) -> client.frame(i == 0 ? HEADERS : CONTINUATION, 0, 3)),
    EMPTY_DATA("EMPTY flood", 50, (client, i) -> uploading(client, i).frame(DATA, 0, 3)),
    PADDING(
        "EMPTY flood", 50, (client, i) -> uploading(client, i).frame(DATA, PADDED, 3, padding())),
    PINGS("CONTROL flood", 100, (client, i) -> client.frame(PING, 0, 0, new byte[8])),
    SETTINGS("CONTROL flood", 100, (client, i) -> client.settings(4, 65_535)),
    PRIORITIES("NOISE flood", 1000, (client, i) -> client.frame(PRIORITY, 0, id(i), new byte[5])),
    WINDOW_UPDATES("NOISE flood", 1000, (client, i) -> client.frame(WINDOW_UPDATE, 0, 0, bytes(1))),
    UNKNOWN_FRAMES("NOISE flood", 1000, (client, i) -> client.frame(0xee, 0, 0, new byte[9])),
    GOAWAYS("NOISE flood", 1000, (client, i) -> client.frame(GOAWAY, 0, 0, new byte[8])),
    STREAMS_TOO_MANY("NOISE flood", 1100, (client, i) -> client.post(id(i), "/"));

    private final String reason;
    private final int allowed;
    private final Frames frames;

    Flooding(String reason, int allowed, Frames frames) {
      this.reason = reason;
      this.allowed = allowed;
      this.frames = frames;
    }

    /** The stream of round {@code i}, where each round has its own; 1 is for the test. */
    private static int id(int i) {
      return 2 * i + 3;
    }

    private static String[] many(int fields, String name) {
      String[] all = Arrays.copyOf(request("GET", "/"), 8 + 2 * fields);
      Arrays.fill(all, 8, all.length, name);
      return all;
    }

    private static byte[] field(int length) {
      return block("x", "v".repeat(length));
    }

    private static byte[] padding() {
      byte[] all = new byte[256];
      all[0] = (byte) 255;
      return all;
    }

    private static RawHttp2 uploading(RawHttp2 client, int i) {
      return i == 0 ? client.post(3, "/") : client;
    }

    /** A kilobyte that unfolds to four megabytes by the table of RFC 7541. */
    private static byte[] bomb(int i) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(block(request("GET", "/")));
      if (i == 0) {
        byte[] literal = block("x", "v".repeat(4000));
        literal[0] = 0x40;
        all.writeBytes(literal);
      }
      byte[] sameAgain = new byte[1000];
      Arrays.fill(sameAgain, (byte) (0x80 | 62));
      all.writeBytes(sameAgain);
      return all.toByteArray();
    }
  }

  private static RawHttp2 connect(int... settings) throws IOException {
    return RawHttp2.connect(bench.gateway().port("plain"), settings);
  }

  /** A request on stream 1, so that all that comes later is beyond the first. */
  private static RawHttp2 served(RawHttp2 client) throws IOException {
    client.get(1, "/first").flush();
    assertEquals("200", client.answer(1).status().toString());
    return client;
  }

  private static void othersAreServed() throws IOException {
    try (RawClient other = bench.client()) {
      other.send("GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
      assertEquals("GET /other 0", other.answer().body());
    }
  }

  private static void costsLittle(long memoryBefore) {
    int seen = bench.origin().requests().size();
    assertTrue(seen <= MOST_AT_THE_ORIGIN + 1, () -> seen + " requests at the origin");
    long more = PlatformDependent.usedDirectMemory() - memoryBefore;
    assertTrue(more < MOST_MEMORY, () -> more + " bytes more");
  }

  @ParameterizedTest
  @EnumSource
  void flood_endsItsConnection_andCostsLittle(Flooding flooding) throws Exception {
    othersAreServed();
    long memory = PlatformDependent.usedDirectMemory();
    try (RawHttp2 client = served(connect())) {
      for (int i = 0; i <= flooding.allowed * 1.2 + 5 && client.flushes(); i++) {
        flooding.frames.add(client, i);
      }
      client.flushes();
      RawHttp2.Frame last = client.goAway();
      int error = flooding.reason.endsWith("flood") ? ENHANCE_YOUR_CALM : PROTOCOL_ERROR;
      assertTrue(last == null || last.error() == error, () -> "ended by " + last);
    }
    costsLittle(memory);
    assertTrue(log.next(1).getFirst().contains(flooding.reason));
    othersAreServed();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_NONE,
      names = {"CONTINUATION_.*", "STREAMS_TOO_MANY"})
  void frames_asManyAsAllowed_doNot(Flooding flooding) throws Exception {
    try (RawHttp2 client = served(connect())) {
      for (int i = 0; i < flooding.allowed * 0.8; i++) {
        flooding.frames.add(client, i);
      }
      client.flush();
      int next = 4001;
      client.get(next, "/next").flush();
      assertEquals("200", client.answer(next).status().toString());
    }
    assertEquals(0, log.more().size());
  }

  /** A connection that is used busily: what answers our frames is not counted. */
  @Test
  void busyClient_isNoFlood() throws Exception {
    try (RawHttp2 client = connect()) {
      for (int i = 0; i < 200; i++) {
        int id = Flooding.id(i);
        client.get(id, "/busy").frame(PING, 0, 0, new byte[8]).flush();
        client.await(each -> each.stream() == id && each.ends());
        client.frame(WINDOW_UPDATE, 0, 0, bytes(1)).frame(WINDOW_UPDATE, 0, 0, bytes(1));
        client.reset(id);
      }
      client.flush();
    }
    assertEquals(0, log.more().size());
  }

  /** An upload answered early: the client learns it when it has sent the rest. */
  @Test
  void framesOnTheirWay_toAStreamThatWeReset_areNoFlood() throws Exception {
    bench
        .origin()
        .script(connection -> {
          connection.nextHead();
          connection.send("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n").readToEnd();
        });
    try (RawHttp2 client = connect()) {
      client.post(1, "/").frame(DATA, 0, 1, new byte[100]).flush();
      assertEquals("403", client.answer(1).status().toString());
      client.await(each -> each.type() == RST_STREAM && each.stream() == 1);
      bench.origin().script(ScriptedOrigin.ECHO);
      for (int i = 0; i < 200; i++) {
        client.frame(DATA, 0, 1, new byte[100]);
      }
      client.get(3, "/next").flush();
      assertEquals("200", client.answer(3).status().toString());
    }
    assertEquals(0, log.more().size());
  }

  /** Hundreds of answers earn no more pings than a client that reads needs. */
  @Test
  void pings_afterManyAnswers_areAFloodAllTheSame() throws Exception {
    try (RawHttp2 client = connect()) {
      for (int i = 0; i < 600; i++) {
        int id = Flooding.id(i);
        client.get(id, "/").flush();
        client.await(each -> each.stream() == id && each.ends());
      }
      for (int i = 0; i < 1200 && client.flushes(); i++) {
        client.frame(PING, 0, 0, new byte[8]);
      }
      client.flushes();
      client.goAway();
    }
    assertTrue(log.next(1).getFirst().contains("CONTROL flood"));
  }

  @Test
  void silence_afterThePreface_endsTheConnection() throws Exception {
    try (RawHttp2 client = connect()) {
      assertEquals(0, Objects.requireNonNull(client.goAway()).error());
    }
    othersAreServed();
  }

  @Test
  void head_dripped_endsTheConnection() throws Exception {
    try (RawHttp2 client = served(connect())) {
      client.frame(HEADERS, END_STREAM, 3, block(request("GET", "/"))).flush();
      byte[] rest = block("x", "y");
      client.frame(CONTINUATION, 0, 3, rest).frame(CONTINUATION, END_HEADERS, 3, rest);
      assertFalse(client.drips(200), "the head came through");
      client.goAway();
    }
    assertEquals(1, bench.origin().requests().size());
    othersAreServed();
  }

  @Test
  void streams_withTheirWindowsShut_endTheConnection() throws Exception {
    try (RawHttp2 client = connect(4, 0)) {
      client.frame(RawHttp2.SETTINGS, ACK, 0);
      for (int i = 0; i < 100; i++) {
        client.get(Flooding.id(i), "/");
      }
      assertEquals(ENHANCE_YOUR_CALM, Objects.requireNonNull(client.flush().goAway()).error());
    }
    costsLittle(PlatformDependent.usedDirectMemory());
    assertTrue(log.next(1).getFirst().contains("FAULTS flood"));
    othersAreServed();
  }
}
