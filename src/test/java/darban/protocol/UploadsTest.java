package darban.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.RawHttp2;
import java.io.IOException;
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
    bench = Bench.of("plain: { address: \"127.0.0.1:0\", protocols: [h1, h2] }");
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

  @Test
  void aborted_http2_thenEveryoneIsServed() throws Exception {
    for (int connection = 0; connection < ABORTED / 50; connection++) {
      try (RawHttp2 client = RawHttp2.connect(bench.gateway().port("plain"))) {
        for (int i = 0; i < 50; i++) {
          upload(client, i);
        }
      }
    }
    servesEightAtOnce();
    noUploadLooksWhole_andItsConnectionIsClosed();
  }

  private void upload(RawHttp2 client, int i) throws IOException, Exception {
    int id = 2 * i + 1;
    int before = bench.origin().requests().size();
    client.post(id, "/upload").frame(RawHttp2.DATA, 0, id, (byte) 's', (byte) 'o').flush();
    if (i % 10 == 0) {
      untilSeen(before);
    }
    if (i % 2 == 0) {
      client.frame(RawHttp2.RST_STREAM, 0, id, RawHttp2.bytes(8)).flush();
    }
  }

  @Test
  void aborted_http2_bodyShorterThanItsLength_isACutForTheOrigin() throws Exception {
    try (RawHttp2 client = RawHttp2.connect(bench.gateway().port("plain"))) {
      List<String> fields = new ArrayList<>(List.of(RawHttp2.request("POST", "/upload")));
      fields.addAll(List.of("content-length", "5"));
      client.headers(1, 0, fields.toArray(String[]::new));
      client.frame(RawHttp2.DATA, RawHttp2.END_STREAM, 1, (byte) 's').flush();
      client.await(each -> each.type() == RawHttp2.RST_STREAM && each.stream() == 1);
      client.get(3, "/next").flush();
      assertEquals("200", client.answer(3).status().toString());
    }
    noUploadLooksWhole_andItsConnectionIsClosed();
  }
}
