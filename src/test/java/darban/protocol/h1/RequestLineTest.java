package darban.protocol.h1;

import darban.testkit.Guard;
import darban.testkit.RawBench;
import darban.testkit.Shown;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Request lines (RFC 9112 §3), as bytes on a connection. */
@ExtendWith(Guard.OfClass.class)
class RequestLineTest {
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
          GET  / HTTP/1.1⏎Host: h⏎⏎|400|REQUEST_LINE
          GET /  HTTP/1.1⏎Host: h⏎⏎|400|VERSION
          GET / HTTP/1.1 ⏎Host: h⏎⏎|400|VERSION
           GET / HTTP/1.1⏎Host: h⏎⏎|400|METHOD
          GET⇥/ HTTP/1.1⏎Host: h⏎⏎|400|METHOD
          GET /⇥HTTP/1.1⏎Host: h⏎⏎|400|TARGET
          GET /␋HTTP/1.1⏎Host: h⏎⏎|400|TARGET
          GET /a b HTTP/1.1⏎Host: h⏎⏎|400|VERSION
          GET /a␀b HTTP/1.1⏎Host: h⏎⏎|400|TARGET
          GET /a␡ HTTP/1.1⏎Host: h⏎⏎|400|TARGET
          GET /ä HTTP/1.1⏎Host: h⏎⏎|400|TARGET
          GET /a#b HTTP/1.1⏎Host: h⏎⏎|400|TARGET
          GET \\a HTTP/1.1⏎Host: h⏎⏎|400|TARGET
          GET a HTTP/1.1⏎Host: h⏎⏎|400|TARGET
          GET ?a HTTP/1.1⏎Host: h⏎⏎|400|TARGET
          GET * HTTP/1.1⏎Host: h⏎⏎|400|TARGET
          GET h:80 HTTP/1.1⏎Host: h⏎⏎|400|TARGET
          GET⏎Host: h⏎⏎|400|METHOD
          GET /⏎⏎|400|REQUEST_LINE
          GET /⏎Host: h⏎⏎|400|REQUEST_LINE
          GET / ⏎Host: h⏎⏎|400|VERSION
          G␀T / HTTP/1.1⏎Host: h⏎⏎|400|METHOD
          G(T / HTTP/1.1⏎Host: h⏎⏎|400|METHOD
          GET: / HTTP/1.1⏎Host: h⏎⏎|400|METHOD
          "GET" / HTTP/1.1⏎Host: h⏎⏎|400|METHOD
          GÄT / HTTP/1.1⏎Host: h⏎⏎|400|METHOD
          GETGETGETGETGETGETGETGETGETGETGET / HTTP/1.1⏎Host: h⏎⏎|400|METHOD
          GET / http/1.1⏎Host: h⏎⏎|400|VERSION
          GET / HTTP/1.10⏎Host: h⏎⏎|400|VERSION
          GET / HTTP/11⏎Host: h⏎⏎|400|VERSION
          GET / HTTP/1,1⏎Host: h⏎⏎|400|VERSION
          GET / HTTP/+1.1⏎Host: h⏎⏎|400|VERSION
          GET / HTTP/1.1x⏎Host: h⏎⏎|400|VERSION
          GET / HTTPS/1.1⏎Host: h⏎⏎|400|VERSION
          GET / RTSP/1.0⏎Host: h⏎⏎|400|VERSION
          GET / HTTP/0.9⏎Host: h⏎⏎|505|VERSION_UNKNOWN
          GET / HTTP/1.2⏎Host: h⏎⏎|505|VERSION_UNKNOWN
          GET / HTTP/1.9⏎Host: h⏎⏎|505|VERSION_UNKNOWN
          GET / HTTP/2.0⏎Host: h⏎⏎|505|VERSION_UNKNOWN
          GET / HTTP/3.0⏎Host: h⏎⏎|505|VERSION_UNKNOWN
          PRI * HTTP/2.0⏎⏎SM⏎⏎|505|VERSION_UNKNOWN
          GET / HTTP/1.1↵Host: h↵↵|400|LINE_END
          GET / HTTP/1.1↵Host: h⏎⏎|400|LINE_END
          GET / HTTP/1.1←Host: h⏎⏎|400|LINE_END
          GET / HTTP/1.1←⏎Host: h⏎⏎|400|LINE_END
          ↵GET / HTTP/1.1⏎Host: h⏎⏎|400|LINE_END
          ←GET / HTTP/1.1⏎Host: h⏎⏎|400|LINE_END
          ⏎⏎⏎GET / HTTP/1.1⏎Host: h⏎⏎|400|METHOD
           ⏎GET / HTTP/1.1⏎Host: h⏎⏎|400|METHOD
          ␀GET / HTTP/1.1⏎Host: h⏎⏎|400|METHOD
          PROXY TCP4 1.2.3.4 5.6.7.8 9 10⏎GET / HTTP/1.1⏎Host: h⏎⏎|400|VERSION
          EHLO h⏎⏎|400|REQUEST_LINE
          """)
  void requestLine_bad_refused(String shown, int status, String reason) throws Exception {
    bench.refused(Shown.raw(shown), status, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          GET / HTTP/1.1⏎Host: h⏎⏎|GET / []
          ⏎GET / HTTP/1.1⏎Host: h⏎⏎|GET / []
          ⏎⏎GET / HTTP/1.1⏎Host: h⏎⏎|GET / []
          GET /?a=b&c HTTP/1.1⏎Host: h⏎⏎|GET /?a=b&c []
          GET /"<>\\^`{}[]~!$&'()*+,;=:@%7e HTTP/1.1⏎Host: h⏎⏎|GET /"<>\\^`{}[]~!$&'()*+,;=:@%7e []
          OPTIONS * HTTP/1.1⏎Host: h⏎⏎|OPTIONS * []
          DELETE /d HTTP/1.1⏎Host: h⏎⏎|DELETE /d []
          PROPFIND /d HTTP/1.1⏎Host: h⏎⏎|PROPFIND /d []
          HEAD /h HTTP/1.1⏎Host: h⏎⏎|HEAD /h []
          """)
  void requestLine_good_passedOn(String shown, String expected) throws Exception {
    bench.passed(Shown.raw(shown), Shown.raw(expected), RawBench::lineAndBody);
  }
}
