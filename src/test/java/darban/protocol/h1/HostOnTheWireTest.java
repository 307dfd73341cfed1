package darban.protocol.h1;

import darban.testkit.Guard;
import darban.testkit.RawBench;
import darban.testkit.Shown;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is asked for: Host and the target (RFC 9112 §3.2). */
@ExtendWith(Guard.OfClass.class)
class HostOnTheWireTest {
  private static RawBench bench;

  @BeforeAll
  static void start() throws Exception {
    bench = new RawBench("");
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          GET / HTTP/1.1⏎⏎|400|HOST_MISSING
          GET / HTTP/1.1⏎X: h⏎⏎|400|HOST_MISSING
          GET http://a/ HTTP/1.1⏎X: h⏎⏎|400|HOST_MISSING
          GET / HTTP/1.1⏎Host: h⏎Host: h⏎⏎|400|HOST_REPEATED
          GET / HTTP/1.1⏎Host: h⏎hOST: i⏎⏎|400|HOST_REPEATED
          GET / HTTP/1.1⏎Host: h⏎X: y⏎Host:⏎⏎|400|HOST_REPEATED
          GET / HTTP/1.0⏎Host: h⏎Host: i⏎⏎|400|HOST_REPEATED
          GET http://h/ HTTP/1.1⏎Host: h⏎Host: h⏎⏎|400|HOST_REPEATED
          GET / HTTP/1.1⏎Host:⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a, b⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a b⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a⇥b⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a/b⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a?b⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a#b⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: u@a⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: u:p@a⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: http://a⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a:b⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a:-1⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a:+80⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a:65536⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a:99999999999⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a:80:80⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: :80⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: [::1⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: ::1⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: [x]⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: [::1]x⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: ä⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a\\b⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: <a>⏎⏎|400|HOST
          GET / HTTP/1.1⏎Host: a␀b⏎⏎|400|FIELD_VALUE
          GET / HTTP/1.1⏎Host: a⏎ b⏎⏎|400|FIELD_FOLD
          GET / HTTP/1.1⏎Host : h⏎⏎|400|FIELD_SPACE
          GET / HTTP/1.1⏎Ho st: h⏎⏎|400|FIELD_SPACE
          GET http://u@a/ HTTP/1.1⏎Host: a⏎⏎|400|TARGET_USERINFO
          GET http://u:p@a/ HTTP/1.1⏎Host: a⏎⏎|400|TARGET_USERINFO
          GET http://a@ HTTP/1.1⏎Host: a⏎⏎|400|TARGET_USERINFO
          GET http:///x HTTP/1.1⏎Host: a⏎⏎|400|HOST
          GET http://:80/ HTTP/1.1⏎Host: a⏎⏎|400|HOST
          GET http://a:b/ HTTP/1.1⏎Host: a⏎⏎|400|HOST
          GET http://a\\b/ HTTP/1.1⏎Host: a⏎⏎|400|HOST
          GET http:/a/ HTTP/1.1⏎Host: a⏎⏎|400|TARGET
          GET ftp://a/ HTTP/1.1⏎Host: a⏎⏎|400|TARGET
          GET file:///etc/passwd HTTP/1.1⏎Host: a⏎⏎|400|TARGET
          GET http://a/ HTTP/1.1⏎Host: b/⏎⏎|400|HOST
          GET http://a/ HTTP/1.1⏎Host:⏎⏎|400|HOST
          """)
  void host_bad_refused(String shown, int status, String reason) throws Exception {
    bench.refused(Shown.raw(shown), status, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          GET / HTTP/1.1⏎Host: h⏎⏎|h
          GET / HTTP/1.1⏎Host:h⏎⏎|h
          GET / HTTP/1.1⏎Host: ⇥ h ⇥⏎⏎|h
          GET / HTTP/1.1⏎HOST: h⏎⏎|h
          GET / HTTP/1.1⏎Host: EXAMPLE:80⏎⏎|example:80
          GET / HTTP/1.1⏎Host: a_b.-c⏎⏎|a_b.-c
          GET / HTTP/1.1⏎Host: [::1]:80⏎⏎|[::1]:80
          GET / HTTP/1.1⏎Host: 127.0.0.1⏎⏎|127.0.0.1
          GET http://a/ HTTP/1.1⏎Host: b⏎⏎|a
          GET http://a:81/ HTTP/1.1⏎Host: a⏎⏎|a:81
          GET HTTP://A/ HTTP/1.1⏎Host: b⏎⏎|a
          """)
  void host_good_passedOn(String shown, String expected) throws Exception {
    bench.passed(Shown.raw(shown), Shown.raw(expected), RawBench.field("Host"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          GET http://a/b?c HTTP/1.1⏎Host: z⏎⏎|GET /b?c []
          GET http://a HTTP/1.1⏎Host: z⏎⏎|GET / []
          GET http://a?c HTTP/1.1⏎Host: z⏎⏎|GET /?c []
          OPTIONS http://a HTTP/1.1⏎Host: z⏎⏎|OPTIONS * []
          GET https://a/b HTTP/1.1⏎Host: z⏎⏎|GET /b []
          """)
  void absoluteForm_reachesTheOrigin_asOriginForm(String shown, String expected) throws Exception {
    bench.passed(Shown.raw(shown), Shown.raw(expected), RawBench::lineAndBody);
  }
}
