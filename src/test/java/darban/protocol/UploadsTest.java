package darban.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.RawHttp2;
import darban.testkit.RawHttp3;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Uploads that their clients give up: the origin is told, and no connection stays behind. */
@ExtendWith(Guard.class)
class UploadsTest {
  private static final int ABORTED = 1000;
  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench =
        Bench.of(
            "plain: { address: \"127.0.0.1:0\", protocols: [h1, h2] },"
                + " quic: { address: \"127.0.0.1:0\", protocols: [h2, h3], tls: internal }");
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  /** How a client leaves. */
  private enum Way {
    LENGTH_CLOSED("Content-Length: 100000\r\n\r\nsome"),
    LENGTH_RESET("Content-Length: 100000\r\n\r\nsome"),
    CHUNKED_CLOSED("Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n"),
    CHUNKED_RESET("Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n"),
    CHUNKED_BAD("Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\nx\r\n"),
    CHUNK_CUT("Transfer-Encoding: chunked\r\n\r\nff\r\nsome");

    private final String rest;

    Way(String rest) {
      this.rest = rest;
    }
  }

  private void abort(Way way, boolean seen) throws Exception {
    int before = bench.origin().requests().size();
    try (RawClient client = bench.client()) {
      client.send("POST /upload HTTP/1.1\r\nHost: h\r\n" + way.rest);
      if (seen && way != Way.CHUNKED_BAD) {
        untilSeen(before);
      }
      if (way.name().endsWith("RESET")) {
        client.reset();
      }
    }
  }

  private void untilSeen(int before) throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () -> bench.origin().requests().size() > before,
        () -> "the origin sees no upload");
  }

  private void servesEightAtOnce() throws Exception {
    long since = System.nanoTime();
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      clients.add(bench.client().send("GET /" + i + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
    for (int i = 0; i < 8; i++) {
      assertEquals("GET /" + i + " 0", clients.get(i).answer().body());
      clients.get(i).close();
    }
    long millis = (System.nanoTime() - since) / 1_000_000;
    assertTrue(millis < 1000, () -> "eight requests took " + millis + " ms");
  }

  private void noUploadLooksWhole_andItsConnectionIsClosed() throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () -> bench.origin().unfinished() == 0,
        () -> bench.origin().unfinished() + " uploads still run");
    assertEquals(
        0,
        bench.origin().requests().stream()
            .filter(each -> each.line().startsWith("POST") && each.whole())
            .count());
  }

  @Test
  void aborted_http1_thenEveryoneIsServed() throws Exception {
    Way[] ways = Way.values();
    for (int i = 0; i < ABORTED; i++) {
      abort(ways[i % ways.length], i % 10 == 0);
    }
    servesEightAtOnce();
    noUploadLooksWhole_andItsConnectionIsClosed();
  }

  /** How a client leaves a stream; the last way is that of all that are left when it goes. */
  private enum StreamWay {
    RESET,
    SHORTER_THAN_DECLARED,
    LONGER_THAN_DECLARED,
    BAD_TRAILERS,
    CONNECTION_CLOSED
  }

  @Test
  void aborted_http2_thenEveryoneIsServed() throws Exception {
    StreamWay[] ways = StreamWay.values();
    for (int connection = 0; connection < ABORTED / 50; connection++) {
      try (RawHttp2 client = RawHttp2.connect(bench.gateway().port("plain"))) {
        for (int i = 0; i < 50; i++) {
          abort(client, ways[i % ways.length], 2 * i + 1, i < ways.length);
        }
      }
    }
    servesEightAtOnce();
    noUploadLooksWhole_andItsConnectionIsClosed();
  }

  private void abort(RawHttp2 client, StreamWay way, int id, boolean seen) throws Exception {
    int before = bench.origin().requests().size();
    client.upload(id, "9").frame(RawHttp2.DATA, 0, id, (byte) 's', (byte) 'o').flush();
    if (seen) {
      untilSeen(before);
    }
    switch (way) {
      case RESET -> client.reset(id);
      case SHORTER_THAN_DECLARED -> client.frame(RawHttp2.DATA, RawHttp2.END_STREAM, id);
      case LONGER_THAN_DECLARED -> client.frame(RawHttp2.DATA, 0, id, new byte[8]);
      case BAD_TRAILERS -> client.headers(id, RawHttp2.END_STREAM, ":path", "/");
      case CONNECTION_CLOSED -> {
        // Later, with all others.
      }
    }
    client.flush();
  }

  @Test
  void aborted_http3_thenEveryoneIsServed() throws Exception {
    StreamWay[] ways = StreamWay.values();
    for (int connection = 0; connection < ABORTED / 50; connection++) {
      try (RawHttp3 client = RawHttp3.connect(bench.gateway().port("quic"))) {
        for (int i = 0; i < 50; i++) {
          abort(client.request(), ways[i % ways.length], i < ways.length);
        }
      }
    }
    servesEightAtOnce();
    noUploadLooksWhole_andItsConnectionIsClosed();
  }

  private void abort(RawHttp3.Request request, StreamWay way, boolean seen) throws Exception {
    int before = bench.origin().requests().size();
    request.head("POST", "/upload", "content-length", "9").data("so");
    if (seen) {
      untilSeen(before);
    }
    switch (way) {
      case RESET -> request.reset();
      case SHORTER_THAN_DECLARED -> request.end();
      case LONGER_THAN_DECLARED -> request.data("far too long");
      case BAD_TRAILERS -> request.headers(":path", "/").end();
      case CONNECTION_CLOSED -> {
        // Later, with all others.
      }
    }
  }
}
