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
 * How the end of a request is told (RFC 9112 §6): whatever two readers may read in two ways is
 * refused.
 */
@ExtendWith(Guard.OfClass.class)
class BodyFramingTest {
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
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5⏎Content-Length: 5⏎⏎hello|400|LENGTH_REPEATED
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5⏎Content-Length: 6⏎⏎hello|400|LENGTH_REPEATED
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 0⏎Content-Length: 0⏎⏎|400|LENGTH_REPEATED
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 0⏎content-length: 44⏎⏎|400|LENGTH_REPEATED
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5, 5⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5,⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: ,5⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: +5⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: -5⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: -0⏎⏎|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 0x5⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5 5⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5;⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5.0⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5e0⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: "5"⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: five⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length:⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: ⇥ ⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 1_0⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: ²⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5␋⏎⏎hello|400|FIELD_VALUE
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: ␋5⏎⏎hello|400|FIELD_VALUE
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5␀⏎⏎hello|400|FIELD_VALUE
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 9223372036854775808⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 18446744073709551621⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 4294967301000000000000000000000000000005⏎⏎hello|400|LENGTH,
          POST /p HTTP/1.1⏎Host: h⏎Content-Length : 5⏎⏎hello|400|FIELD_SPACE
          POST /p HTTP/1.1⏎Host: h⏎Content-Length⇥: 5⏎⏎hello|400|FIELD_SPACE
          POST /p HTTP/1.1⏎Host: h⏎Content Length: 5⏎⏎hello|400|FIELD_SPACE
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5⏎Transfer-Encoding: chunked⏎⏎0⏎⏎|400|LENGTH_AND_ENCODING
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎Content-Length: 5⏎⏎0⏎⏎|400|LENGTH_AND_ENCODING
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎Content-Length: 0⏎⏎0⏎⏎|400|LENGTH_AND_ENCODING
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: x⏎Content-Length: 5⏎⏎hello|400|LENGTH_AND_ENCODING
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding:⏎Content-Length: 5⏎⏎hello|400|LENGTH_AND_ENCODING
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎Transfer-Encoding: chunked⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked, chunked⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked, identity⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: identity, chunked⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: identity⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎Transfer-Encoding: identity⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked, gzip⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: gzip⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: gzip, chunked⏎⏎0⏎⏎|501|ENCODING_UNKNOWN
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: gzip⏎Transfer-Encoding: chunked⏎⏎0⏎⏎|501|ENCODING_UNKNOWN
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: cow⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: cow, chunked⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: xchunked⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunkedx⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: x chunked⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked;q=1⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked,⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: ,chunked⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: , chunked⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: "chunked"⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: 'chunked'⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: [chunked]⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chun⇥ked⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding:⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: ⇥⏎⏎0⏎⏎|400|ENCODING,
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked␋⏎⏎0⏎⏎|400|FIELD_VALUE
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: ␋chunked⏎⏎0⏎⏎|400|FIELD_VALUE
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked␀⏎⏎0⏎⏎|400|FIELD_VALUE
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked←⏎⏎0⏎⏎|400|LINE_END
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding←: chunked⏎⏎0⏎⏎|400|LINE_END
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding : chunked⏎⏎0⏎⏎|400|FIELD_SPACE
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding⇥: chunked⏎⏎0⏎⏎|400|FIELD_SPACE
          POST /p HTTP/1.1⏎Host: h⏎ Transfer-Encoding: chunked⏎⏎0⏎⏎|400|FIELD_FOLD
          POST /p HTTP/1.1⏎Host: h⏎Foo: bar⏎⇥Transfer-Encoding: chunked⏎⏎0⏎⏎|400|FIELD_FOLD
          POST /p HTTP/1.1⏎Host: h⏎Foo: bar↵Transfer-Encoding: chunked⏎⏎0⏎⏎|400|LINE_END
          POST /p HTTP/1.1⏎Host: h⏎Foo: bar←Transfer-Encoding: chunked⏎⏎0⏎⏎|400|LINE_END
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎ , identity⏎⏎0⏎⏎|400|FIELD_FOLD
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encodıng: chunked⏎⏎0⏎⏎|400|FIELD_NAME
          POST / HTTP/1.0⏎Host: h⏎Transfer-Encoding: chunked⏎⏎0⏎⏎|400|ENCODING,
          POST / HTTP/1.0⏎Host: h⏎Connection: keep-alive⏎Transfer-Encoding: chunked⏎⏎0⏎⏎|400|ENCODING,
          """)
  void framing_bad_refused(String shown, int status, String reason) throws Exception {
    bench.refused(Shown.raw(shown), status, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5⏎⏎hello|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 005⏎⏎hello|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: ⇥5 ⏎⏎hello|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 0⏎⏎|POST /p []
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 00000⏎⏎|POST /p []
          POST /p HTTP/1.1⏎Host: h⏎X: y⏎⏎|POST /p []
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: ChUnKeD⏎⏎5⏎hello⏎0⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding:chunked ⇥⏎⏎5⏎hello⏎0⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎transfer-encoding: chunked⏎⏎0⏎⏎|POST /p []
          POST /p HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎Connection: transfer-encoding⏎⏎5⏎hello⏎0⏎⏎|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5⏎Connection: content-length⏎⏎hello|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Content_Length: 40⏎⏎|POST /p []
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5⏎Transfer_Encoding: chunked⏎⏎hello|POST /p [hello]
          POST /p HTTP/1.1⏎Host: h⏎Content-Length: 5⏎X-Transfer-Encoding: chunked⏎⏎hello|POST /p [hello]
          GET /g HTTP/1.1⏎Host: h⏎Content-Length: 5⏎⏎hello|GET /g [hello]
          GET /g HTTP/1.1⏎Host: h⏎Transfer-Encoding: chunked⏎⏎5⏎hello⏎0⏎⏎|GET /g [hello]
          """)
  void framing_good_passedOn(String shown, String expected) throws Exception {
    bench.passed(Shown.raw(shown), Shown.raw(expected), RawBench::lineAndBody);
  }
}
