package darban.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.observe.LogConfig.Format;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The lines of the access log, to the letter: analysers depend on them. */
class AccessEntryTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");

  /** What the tests vary. */
  private record Draft(
      String method, String host, String target, int code, @Nullable String cache, String agent) {
    AccessEntry entry() {
      return new AccessEntry(
          AT,
          "web",
          "h2",
          "192.0.2.7",
          "ali",
          method,
          host,
          target,
          code,
          12,
          3456,
          7_890_123,
          1_000_000,
          -1,
          "*",
          "origin",
          "http://127.0.0.1:81",
          2,
          cache,
          "TLSv1.3",
          "https://a.example/",
          agent,
          "4bf92f3577b34da6a3ce929d0e0e4736",
          "CONNECTION_REFUSED connection refused",
          null);
    }
  }

  private static final Draft GET = new Draft("GET", "a.example", "/x?y=1", 200, "hit", "curl/8");

  @Test
  void json_hasTheKeysOfTheContract() {
    String line = GET.entry().line(Format.JSON);
    assertEquals(
        """
        {"ts":"2026-01-02T03:04:05.678Z","dur_ms":7.890,"listener":"web","proto":"h2",\
        "client":"192.0.2.7","user":"ali","method":"GET","host":"a.example","path":"/x?y=1",\
        "status":200,"bytes_in":12,"bytes_out":3456,"connect_ms":1.000,"site":"*",\
        "service":"origin","upstream":"http://127.0.0.1:81","attempts":2,"cache":"hit",\
        "tls":"TLSv1.3","agent":"curl/8","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",\
        "err":"CONNECTION_REFUSED connection refused"}
        """,
        line);
  }

  @Test
  void common_asNcsaHttpdWroteIt() {
    assertEquals(
        "192.0.2.7 - ali [02/Jan/2026:03:04:05 +0000] \"GET /x?y=1 HTTP/2.0\" 200 3456\n",
        GET.entry().line(Format.COMMON));
  }

  @Test
  void common_ofWhatIsNoRequest_asItCame() {
    assertEquals(
        "192.0.2.7 - ali [02/Jan/2026:03:04:05 +0000] \"GET / HTTP/1.1\\x0AHost:\" 400 3456\n",
        new Draft("-", "", "GET / HTTP/1.1\nHost:", 400, null, "-").entry().line(Format.COMMON));
  }

  @Test
  void combined_hasRefererAndAgentToo() {
    assertEquals(
        "192.0.2.7 - ali [02/Jan/2026:03:04:05 +0000] \"GET /x?y=1 HTTP/2.0\" 200 3456"
            + " \"https://a.example/\" \"curl/8\"\n",
        GET.entry().line(Format.COMBINED));
  }

  /** Squid's native format; its verdicts are what its analysers count. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          GET     | /x                | 200 | hit         | TCP_HIT/200                | http://a.example/x
          GET     | /x                | 304 | hit         | TCP_IMS_HIT/304            | http://a.example/x
          GET     | /x                | 200 | miss        | TCP_MISS/200               | http://a.example/x
          GET     | /x                | 200 | -           | TCP_MISS/200               | http://a.example/x
          GET     | /x                | 200 | stale       | TCP_STALE_HIT/200          | http://a.example/x
          GET     | /x                | 200 | revalidated | TCP_REFRESH_UNMODIFIED/200 | http://a.example/x
          GET     | http://b.test/x   | 407 | -           | TCP_DENIED/407             | http://b.test/x
          GET     | http://b.test/x   | 403 | -           | TCP_DENIED/403             | http://b.test/x
          CONNECT | a.example:443     | 200 | -           | TCP_TUNNEL/200             | a.example:443
          CONNECT | a.example:443     | 403 | -           | TCP_DENIED/403             | a.example:443
          GET     | http://b.test/x y | 200 | -           | TCP_MISS/200               | http://b.test/x+y
          """)
  void squid_line(
      String method, String target, int code, @Nullable String cache, String verdict, String url) {
    String host = method.equals("CONNECT") ? target : "a.example";
    AccessEntry entry = new Draft(method, host, target, code, cache, "").entry();
    assertEquals(
        "1767323045.678      7 192.0.2.7 "
            + verdict
            + " 3456 "
            + method
            + " "
            + url
            + " ali HIER_DIRECT/http://127.0.0.1:81 -\n",
        entry.line(Format.SQUID));
  }

  /** Nothing that a stranger sends begins another line or ends a quotation. */
  @ParameterizedTest
  @EnumSource
  void line_whateverWasSent_isOneLineOfItsForm(Format format) {
    String evil = "\"\\\r\n\u0000\u001b[31m\u0085\u2028é\ud83d\ude00 200 1\n";
    String line = new Draft(evil, evil, "/" + evil, 400, null, evil).entry().line(format);
    assertEquals(1, line.lines().count());
    assertTrue(line.endsWith("\n"));
    String inside = line.substring(0, line.length() - 1);
    assertFalse(inside.chars().anyMatch(c -> c < 0x20 || c == 0x7f || c == 0x85), line);
    if (format == Format.JSON) {
      JsonObject read = new JsonObject(line);
      assertEquals(evil, read.getString("agent"));
      assertEquals("/" + evil, read.getString("path"));
    }
  }
}
