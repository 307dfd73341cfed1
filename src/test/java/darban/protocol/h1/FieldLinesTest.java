package darban.protocol.h1;

import darban.testkit.Guard;
import darban.testkit.RawBench;
import darban.testkit.Shown;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Field lines (RFC 9112 §5), as bytes on a connection. */
@ExtendWith(Guard.OfClass.class)
class FieldLinesTest {
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
          GET / HTTP/1.1⏎Host: h⏎X : y⏎⏎|400|FIELD_SPACE
          GET / HTTP/1.1⏎Host: h⏎X⇥: y⏎⏎|400|FIELD_SPACE
          GET / HTTP/1.1⏎Host: h⏎X Y: z⏎⏎|400|FIELD_SPACE
          GET / HTTP/1.1⏎ Host: h⏎⏎|400|FIELD_FOLD
          GET / HTTP/1.1⏎Host: h⏎X: a⏎ b⏎⏎|400|FIELD_FOLD
          GET / HTTP/1.1⏎Host: h⏎X: a⏎⇥b⏎⏎|400|FIELD_FOLD
          GET / HTTP/1.1⏎Host: h⏎X: a⏎ ⏎⏎|400|FIELD_FOLD
          GET / HTTP/1.1⏎Host: h⏎X:⏎ Transfer-Encoding: chunked⏎⏎|400|FIELD_FOLD
          GET / HTTP/1.1⏎Host: h⏎Content-Length:⏎ 5⏎⏎|400|FIELD_FOLD
          GET / HTTP/1.1⏎Host: h⏎Transfer-Encoding:⏎ chunked⏎⏎|400|FIELD_FOLD
          GET / HTTP/1.1⏎Host: h⏎: y⏎⏎|400|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎X⏎⏎|400|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎X;Y: z⏎⏎|400|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎X␀: z⏎⏎|400|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎␀X: z⏎⏎|400|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎Xä: z⏎⏎|400|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎"X": z⏎⏎|400|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎(X): z⏎⏎|400|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎X/Y: z⏎⏎|400|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎␋X: z⏎⏎|400|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎X: a␀b⏎⏎|400|FIELD_VALUE
          GET / HTTP/1.1⏎Host: h⏎X: a␡b⏎⏎|400|FIELD_VALUE
          GET / HTTP/1.1⏎Host: h⏎X: a␁b⏎⏎|400|FIELD_VALUE
          GET / HTTP/1.1⏎Host: h⏎X: a␋b⏎⏎|400|FIELD_VALUE
          GET / HTTP/1.1⏎Host: h⏎X: a←b⏎⏎|400|LINE_END
          GET / HTTP/1.1⏎Host: h⏎X: a←Y: b⏎⏎|400|LINE_END
          GET / HTTP/1.1⏎Host: h⏎X: a↵Y: b⏎⏎|400|LINE_END
          GET / HTTP/1.1⏎Host: h⏎X: a←⏎⏎|400|LINE_END
          GET / HTTP/1.1⏎Host: h⏎X: a↵⏎|400|LINE_END
          GET / HTTP/1.1⏎Host: h⏎X: a↵↵|400|LINE_END
          GET / HTTP/1.1⏎Host: h⏎X: a⏎↵|400|LINE_END
          GET / HTTP/1.1⏎Host: h⏎←⏎⏎|400|LINE_END
          GET / HTTP/1.1⏎Host: h⏎Expect: tea⏎⏎|417|EXPECTATION
          GET / HTTP/1.1⏎Host: h⏎Expect: 100-continue, tea⏎⏎|417|EXPECTATION
          GET / HTTP/1.1⏎Host: h⏎Expect: 100-continue⏎Expect: tea⏎⏎|417|EXPECTATION
          """)
  void fieldLine_bad_refused(String shown, int status, String reason) throws Exception {
    bench.refused(Shown.raw(shown), status, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          GET / HTTP/1.1⏎Host: h⏎X:⏎⏎|§§
          GET / HTTP/1.1⏎Host: h⏎X: ⇥ ⏎⏎|§§
          GET / HTTP/1.1⏎Host: h⏎X:a⏎⏎|a
          GET / HTTP/1.1⏎Host: h⏎X: ⇥a ⇥ b⇥ ⏎⏎|a ⇥ b
          GET / HTTP/1.1⏎Host: h⏎X: ä"\\:⏎⏎|ä"\\:
          GET / HTTP/1.1⏎Host: h⏎X: 1⏎Y: 2⏎x: 3⏎⏎|1; 3
          """)
  void fieldLine_good_passedOn(String shown, String expected) throws Exception {
    bench.passed(Shown.raw(shown), Shown.raw(expected), RawBench.field("X"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          GET / HTTP/1.1⏎Host: h⏎Transfer_Encoding: chunked⏎⏎|§§
          GET / HTTP/1.1⏎Host: h⏎Content-Length: 0⏎Transfer_Encoding: chunked⏎⏎|§§
          """)
  void twinsOfTrustedNames_withUnderscores_dropped(String shown, String expected) throws Exception {
    bench.passed(Shown.raw(shown), Shown.raw(expected), RawBench.field("Transfer_Encoding"));
  }
}
