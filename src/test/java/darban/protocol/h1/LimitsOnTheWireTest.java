package darban.protocol.h1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.testkit.Guard;
import darban.testkit.RawBench;
import darban.testkit.RawClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The bounds of what a client may ask: good at the bound, refused one beyond it. */
@ExtendWith(Guard.OfClass.class)
class LimitsOnTheWireTest {
  private static RawBench bench;

  @BeforeAll
  static void start() throws Exception {
    bench =
        new RawBench(
            "limits: { target: 300, field: 400, fields: 8, head: 1000, body: 20, trailers: 256 },");
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  private static String get(String target, String fields) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
  }

  private static String line(int length) {
    return "X: " + "v".repeat(length - 3) + "\r\n";
  }

  private static String post(String framing, String body) {
    return "POST /p HTTP/1.1\r\nHost: h\r\n" + framing + "\r\n\r\n" + body;
  }

  private static void passed(String request, String expected) throws Exception {
    bench.passed(request, expected, RawBench::lineAndBody);
  }

  @Test
  void target() throws Exception {
    String longest = "/" + "p".repeat(299);
    passed(get(longest, ""), "GET " + longest + " []");
    bench.refused(get(longest + "p", ""), 414, "TARGET_LENGTH");
    bench.refused(get(longest.repeat(2), ""), 414, "TARGET_LENGTH");
    bench.refused("GET /" + "p".repeat(2000), 414, "TARGET_LENGTH");
    bench.refused("GET /" + "p".repeat(200_000), 414, "TARGET_LENGTH");
  }

  @Test
  void fieldLine() throws Exception {
    passed(get("/", line(400)), "GET / []");
    bench.refused(get("/", line(401)), 431, "FIELD_LENGTH");
  }

  @Test
  void fieldLines() throws Exception {
    passed(get("/", "A: b\r\n".repeat(7)), "GET / []");
    bench.refused(get("/", "A: b\r\n".repeat(8)), 431, "FIELD_COUNT");
  }

  @Test
  void head() throws Exception {
    String rest = line(400) + line(400);
    int left = 1000 - get("/", rest).length() - 2;
    passed(get("/", rest + line(left)), "GET / []");
    bench.refused(get("/", rest + line(left + 1)), 431, "HEAD_LENGTH");
    bench.refused(get("/", line(300).repeat(1000)), 431, "HEAD_LENGTH");
    bench.refused("GET / HTTP/1.1\r\nX: " + "v".repeat(5000), 431, "HEAD_LENGTH");
  }

  @Test
  void body() throws Exception {
    String full = "12345678901234567890";
    passed(post("Content-Length: 20", full), "POST /p [" + full + "]");
    bench.refused(post("Content-Length: 21", full + "1"), 413, "CONTENT_TOO_LARGE");
    bench.refused(post("Content-Length: 999999999999999999", full), 413, "CONTENT_TOO_LARGE");
    String chunked = "Transfer-Encoding: chunked";
    passed(post(chunked, "14\r\n" + full + "\r\n0\r\n\r\n"), "POST /p [" + full + "]");
    bench.bodyRefused(post(chunked, "15\r\n" + full + "1\r\n0\r\n\r\n"), 413, "CONTENT_TOO_LARGE");
    bench.bodyRefused(
        post(chunked, "a\r\n1234567890\r\nb\r\n12345678901\r\n0\r\n\r\n"),
        413,
        "CONTENT_TOO_LARGE");
  }

  @Test
  void chunkLineAndTrailers() throws Exception {
    String chunked = "Transfer-Encoding: chunked";
    passed(post(chunked, "1;" + "e".repeat(253) + "\r\na\r\n0\r\n\r\n"), "POST /p [a]");
    bench.bodyRefused(
        post(chunked, "1;" + "e".repeat(255) + "\r\na\r\n0\r\n\r\n"), 400, "CHUNK_LINE_LENGTH");
    bench.bodyRefused(
        post(chunked, "1;" + "e".repeat(70_000) + "\r\na\r\n0\r\n\r\n"), 400, "CHUNK_LINE_LENGTH");
    passed(post(chunked, "1\r\na\r\n0\r\n" + line(252) + "\r\n"), "POST /p [a]");
    bench.bodyRefused(post(chunked, "1\r\na\r\n0\r\n" + line(253) + "\r\n"), 431, "TRAILER_LENGTH");
    bench.bodyRefused(
        post(chunked, "1\r\na\r\n0\r\nX: " + "v".repeat(70_000)), 431, "TRAILER_LENGTH");
    bench.bodyRefused(
        post(chunked, "1\r\na\r\n0\r\n" + "A: b\r\n".repeat(9) + "\r\n"), 431, "FIELD_COUNT");
  }

  /** A listener that is full closes at once and says nothing: it would cost what it lacks. */
  @Test
  void refusals_manyInARow_leaveTheListenerAsItWas() throws Exception {
    bench.log().skip();
    for (int i = 0; i < 500; i++) {
      try (RawClient client = bench.client()) {
        assertEquals(400, client.send("GET\r\n\r\n").answer().status());
      }
    }
    assertEquals(500, bench.log().next(500).size());
    passed(get("/after", ""), "GET /after []");
  }
}
