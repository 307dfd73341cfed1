package darban.protocol.h1;

import darban.testkit.Guard;
import darban.testkit.RawBench;
import darban.testkit.Shown;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Chunked requests (RFC 9112 §7.1), as bytes on a connection: a bad one is a cut for the origin.
 */
@ExtendWith(Guard.OfClass.class)
class ChunkedRequestTest {
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
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎x⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎-1⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎+5⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎0x5⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5h⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5 5⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎ 5⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎⇥5⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5,⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5_0⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5␀⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5␋⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎ffffffffffffffff⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎10000000000000005⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎00000000000000005⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5↵hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5←hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5←←hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello!⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hell⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello↵0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello←0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0↵⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0↵↵|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎↵|400|LINE_END
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X: y↵↵|400|LINE_END
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X: y↵⏎|400|LINE_END
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X: y←Z: a⏎⏎|400|LINE_END
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X : y⏎⏎|400|FIELD_SPACE
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X y⏎⏎|400|FIELD_SPACE
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X: a⏎ b⏎⏎|400|FIELD_FOLD
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎: y⏎⏎|400|FIELD_NAME
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X: y␀⏎⏎|400|FIELD_VALUE
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5;a↵b⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5;a←b⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5;a␀b⏎hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5;↵hello⏎0⏎⏎|400|CHUNK,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎0;a↵⏎⏎|400|CHUNK,
          """)
  void chunks_bad_refused(String shown, int status, String reason) throws Exception {
    bench.bodyRefused(Shown.raw(shown), status, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎05⏎hello⏎000⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎000000000000005⏎hello⏎0⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎A⏎0123456789⏎a⏎0123456789⏎0⏎⏎|POST /p [01234567890123456789]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎1⏎h⏎1⏎i⏎0⏎⏎|POST /p [hi]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5 ⏎hello⏎0⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⇥ ⏎hello⏎0⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5;a=b⏎hello⏎0;c⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5 ; a="b;⇥c"⏎hello⏎0⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5;⏎hello⏎0⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎6⏎0⏎⏎x⏎0⏎⏎|POST /p [0⏎⏎x]
          """)
  void chunks_good_passedOn(String shown, String expected) throws Exception {
    bench.passed(Shown.raw(shown), Shown.raw(expected), RawBench::lineAndBody);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X: y⏎⏎|X|y
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X:⏎Y: z⏎⏎|Y|z
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎Content-Length: 7⏎⏎|Content-Length|§§
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎Transfer-Encoding: gzip⏎⏎|Transfer-Encoding|chunked
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎Host: i⏎⏎|Host|h
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎Authorization: Basic eA==⏎⏎|Authorization|§§
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎Cookie: a=b⏎⏎|Cookie|§§
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎X-Forwarded-For: 6.6.6.6⏎⏎|X-Forwarded-For|127.0.0.1
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎Content-Type: a/b⏎⏎|Content-Type|§§
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎Connection: x⏎⏎|Connection|§§
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎Content_Length: 7⏎⏎|Content_Length|§§
          """)
  void trailers_passedOn_whereAllowed(String shown, String name, String expected) throws Exception {
    bench.passed(Shown.raw(shown), expected, RawBench.field(name));
  }
}
