package darban.protocol.h1;

import darban.testkit.Guard;
import darban.testkit.RawBench;
import darban.testkit.Shown;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths reach the origin as they were sent: routing alone reads them (RFC 3986 §5.2.4). */
@ExtendWith(Guard.OfClass.class)
class PathsOnTheWireTest {
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
          GET // HTTP/1.1⏎Host: h⏎⏎|GET // []
          GET //x//y/ HTTP/1.1⏎Host: h⏎⏎|GET //x//y/ []
          GET /a/../b HTTP/1.1⏎Host: h⏎⏎|GET /a/../b []
          GET /%2e%2e/b HTTP/1.1⏎Host: h⏎⏎|GET /%2e%2e/b []
          GET /..%2fb HTTP/1.1⏎Host: h⏎⏎|GET /..%2fb []
          GET /a%2Fb%5cc HTTP/1.1⏎Host: h⏎⏎|GET /a%2Fb%5cc []
          GET /%00 HTTP/1.1⏎Host: h⏎⏎|GET /%00 []
          GET /a%0d%0aX:%20y HTTP/1.1⏎Host: h⏎⏎|GET /a%0d%0aX:%20y []
          GET /%zz%2 HTTP/1.1⏎Host: h⏎⏎|GET /%zz%2 []
          GET /%c0%ae%c0%ae/ HTTP/1.1⏎Host: h⏎⏎|GET /%c0%ae%c0%ae/ []
          GET /a;b=c/;d HTTP/1.1⏎Host: h⏎⏎|GET /a;b=c/;d []
          GET /a?/../b HTTP/1.1⏎Host: h⏎⏎|GET /a?/../b []
          """)
  void path_passedOn_unchanged(String shown, String expected) throws Exception {
    bench.passed(Shown.raw(shown), Shown.raw(expected), RawBench::lineAndBody);
  }
}
