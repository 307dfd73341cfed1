package darban.protocol.h2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.LogFile;
import darban.testkit.RawHttp2;
import darban.testkit.RawHttp2.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Windows of HTTP/2 in both directions (RFC 9113 §5.2, §6.9), and streams that share one. */
@ExtendWith(Guard.class)
class WindowsTest {
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int FLOW_CONTROL_ERROR = 3;
  private static final int USUAL = 65_535;

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = Bench.of("plain: { address: \"127.0.0.1:0\", protocols: [h2] }");
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  private RawHttp2 connect(int... settings) throws IOException {
    return RawHttp2.connect(bench.gateway().port("plain"), settings);
  }

  private static String body(int length) {
    StringBuilder all = new StringBuilder();
    while (all.length() < length) {
      all.append(all.length()).append(' ');
    }
    return all.substring(0, length);
  }

  private void answer(String body) {
    bench
        .origin()
        .answering("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
  }

  /**
   * Reads a body up to {@code length} bytes; how many streams' frames came between is no matter.
   */
  private static String read(RawHttp2 client, int stream, int length) throws IOException {
    StringBuilder all = new StringBuilder();
    while (all.length() < length) {
      Frame frame = client.await(each -> each.type() == RawHttp2.DATA);
      assertEquals(stream, frame.stream());
      all.append(StandardCharsets.ISO_8859_1.decode(frame.payload()));
    }
    return all.toString();
  }

  /** By then all that would come without leave has come. */
  private static void nothingMore(RawHttp2 client) throws IOException {
    client.frame(RawHttp2.PING, 0, 0, new byte[8]).flush();
    Frame next = client.await(each -> each.type() == RawHttp2.PING || each.type() == RawHttp2.DATA);
    assertEquals(RawHttp2.PING, next.type());
  }

  @Test
  void body_waitsForItsWindow() throws Exception {
    String body = body(1_000);
    answer(body);
    try (RawHttp2 client = connect(INITIAL_WINDOW_SIZE, 10)) {
      client.get(1, "/").flush();
      client.answer(1);
      assertEquals(body.substring(0, 10), read(client, 1, 10));
      nothingMore(client);
      client.frame(RawHttp2.WINDOW_UPDATE, 0, 1, RawHttp2.bytes(300)).flush();
      assertEquals(body.substring(10, 310), read(client, 1, 300));
      nothingMore(client);
      // A smaller window than was used already: it must be opened beyond zero first.
      client.settings(INITIAL_WINDOW_SIZE, 4).flush();
      client.frame(RawHttp2.WINDOW_UPDATE, 0, 1, RawHttp2.bytes(6)).flush();
      nothingMore(client);
      client.settings(INITIAL_WINDOW_SIZE, 14).flush();
      assertEquals(body.substring(310, 320), read(client, 1, 10));
      client.frame(RawHttp2.WINDOW_UPDATE, 0, 1, RawHttp2.bytes(1_000)).flush();
      assertEquals(body.substring(320), read(client, 1, 680));
    }
  }

  /** The connection's window is for all; who waits for it takes turns, a frame each. */
  @Test
  void streams_thatShareAWindow_takeTurns() throws Exception {
    String body = body(200_000);
    answer(body);
    try (RawHttp2 client = connect(INITIAL_WINDOW_SIZE, 1 << 20)) {
      client.get(1, "/1").get(3, "/3").get(5, "/5").flush();
      Map<Integer, StringBuilder> bodies = new HashMap<>();
      int left = USUAL;
      int open = 3;
      while (open > 0) {
        Frame frame =
            client.await(
                each -> each.type() == RawHttp2.DATA || each.type() == RawHttp2.RST_STREAM);
        assertEquals(RawHttp2.DATA, frame.type());
        left -= frame.payload().remaining();
        assertTrue(left >= 0, "more than the window");
        bodies
            .computeIfAbsent(frame.stream(), id -> new StringBuilder())
            .append(StandardCharsets.ISO_8859_1.decode(frame.payload()));
        open -= frame.ends() ? 1 : 0;
        if (left == 0) {
          nothingMore(client);
          left = 50_000;
          client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.bytes(left)).flush();
        }
      }
      bodies.values().forEach(each -> assertEquals(body, each.toString()));
    }
  }

  /** A stream that is reset while it waits leaves its share to the others. */
  @Test
  void stream_resetWhileItWaits_holdsNobodyUp() throws Exception {
    String body = body(100_000);
    answer(body);
    try (RawHttp2 client = connect()) {
      client.get(1, "/1").flush();
      client.answer(1);
      read(client, 1, USUAL);
      client.get(3, "/3").flush();
      client.answer(3);
      nothingMore(client);
      client.reset(1).frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.bytes(1 << 20));
      client.frame(RawHttp2.WINDOW_UPDATE, 0, 3, RawHttp2.bytes(1 << 20)).flush();
      assertEquals(body, read(client, 3, body.length()));
    }
  }

  /**
   * All of a body waits here, and its client goes: the request is over, and its line is written.
   */
  @Test
  void body_thatWaitsWhole_isOver_whenItsStreamIsReset() throws Exception {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0", protocols: [h2] } }
        sites: { "*": { routes: [ { respond: { body: "%s" } } ] } }
        log: { access: { file: access.log } }
        """
            .formatted("x".repeat(1_000));
    try (Bench whole = Bench.yaml(yaml);
        RawHttp2 client =
            RawHttp2.connect(whole.gateway().port("plain"), INITIAL_WINDOW_SIZE, 10)) {
      client.get(1, "/").flush();
      client.answer(1);
      read(client, 1, 10);
      client.reset(1).flush();
      LogFile log = new LogFile(whole.folder().resolve("access.log"), line -> true);
      assertTrue(log.next(1).getFirst().contains("CLIENT_GONE"));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "0, 0"})
  void window_openedTooFar_isAnError_ofItsStreamOrOfAll(int opened, int faulty) throws Exception {
    bench.origin().script(connection -> connection.nextHead());
    try (RawHttp2 client = connect()) {
      client.get(1, "/").frame(RawHttp2.WINDOW_UPDATE, 0, opened, RawHttp2.bytes(1 << 30));
      client.frame(RawHttp2.WINDOW_UPDATE, 0, opened, RawHttp2.bytes(1 << 30)).flush();
      int type = faulty == 0 ? RawHttp2.GOAWAY : RawHttp2.RST_STREAM;
      assertEquals(FLOW_CONTROL_ERROR, client.await(each -> each.type() == type).error());
    }
  }

  /**
   * What is uploaded beyond our window, while nobody takes it, is refused; up to it, it is kept.
   */
  @Test
  void upload_beyondItsWindow_isReset() throws Exception {
    bench
        .origin()
        .script(connection -> {
          connection.nextHead();
          connection.readToEnd();
        });
    byte[] frame = new byte[16_384];
    try (RawHttp2 client = connect()) {
      client.post(1, "/").flush();
      Frame last = null;
      for (int i = 0; i < 2_000 && last == null; i++) {
        // Window updates are not waited for: sooner or later this is too fast.
        client.frame(RawHttp2.DATA, 0, 1, frame).flushes();
        while (client.hasNext() && last == null) {
          Frame next = Objects.requireNonNull(client.next());
          boolean over = next.type() == RawHttp2.RST_STREAM || next.type() == RawHttp2.GOAWAY;
          last = over ? next : null;
        }
      }
      Frame end = Objects.requireNonNull(last, "nothing stops the upload");
      assertEquals(FLOW_CONTROL_ERROR, end.error());
    }
  }

  /** An upload as fast as its windows allow, many times their size. */
  @Test
  void upload_withinItsWindows_passes() throws Exception {
    byte[] frame = new byte[10_000];
    try (RawHttp2 client = connect()) {
      client.upload(1, String.valueOf(3_000_000)).flush();
      int stream = 256 * 1024;
      int connection = 1024 * 1024;
      for (int sent = 0; sent < 3_000_000; sent += frame.length) {
        while (stream < frame.length || connection < frame.length) {
          Frame update = client.await(each -> each.type() == RawHttp2.WINDOW_UPDATE);
          int more = update.payload().getInt(0);
          stream += update.stream() == 1 ? more : 0;
          // What makes the connection's window as large as it is comes before all else.
          connection += update.stream() == 0 && more != 1024 * 1024 - USUAL ? more : 0;
        }
        boolean last = sent + frame.length == 3_000_000;
        client.frame(RawHttp2.DATA, last ? RawHttp2.END_STREAM : 0, 1, frame).flush();
        stream -= frame.length;
        connection -= frame.length;
      }
      assertEquals("200", client.answer(1).status().toString());
    }
    assertEquals(3_000_000, bench.origin().requests().getFirst().body().length());
  }
}
