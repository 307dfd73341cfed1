package darban.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FramingTest {
  private static Fields fields(String lines) {
    Fields.Builder fields = Fields.builder(4);
    for (String line : lines.split(" ; ")) {
      if (!line.isBlank()) {
        int colon = line.indexOf(':');
        fields.add(
            FieldName.of(line.substring(0, colon).strip()), line.substring(colon + 1).strip());
      }
    }
    return fields.build();
  }

  private static String shown(Framing framing) {
    return framing.kind() + (framing.length() > 0 ? " " + framing.length() : "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
          1.1 | ''                                   | NONE
          1.1 | CL: 0                                | NONE
          1.1 | CL: 5                                | LENGTH 5
          1.1 | CL: 005                              | LENGTH 5
          1.1 | CL: 999999999999999999               | LENGTH 999999999999999999
          1.1 | TE: chunked                          | CHUNKED
          1.1 | TE: ChUnKeD                          | CHUNKED
          1.0 | CL: 5                                | LENGTH 5
          1.1 | CL:                                  | LENGTH
          1.1 | CL: -1                               | LENGTH
          1.1 | CL: +1                               | LENGTH
          1.1 | CL: 1 1                              | LENGTH
          1.1 | CL: 1, 1                             | LENGTH
          1.1 | CL: 0x5                              | LENGTH
          1.1 | CL: 5.0                              | LENGTH
          1.1 | CL: 1e1                              | LENGTH
          1.1 | CL: \u0665                           | LENGTH
          1.1 | CL: 9223372036854775808              | LENGTH
          1.1 | CL: 18446744073709551621             | LENGTH
          1.1 | CL: 0000000000000000000000000000000005 | LENGTH
          1.1 | CL: 5 ; CL: 5                        | LENGTH_REPEATED
          1.1 | CL: 5 ; CL: 6                        | LENGTH_REPEATED
          1.1 | CL: 5 ; TE: chunked                  | LENGTH_AND_ENCODING
          1.1 | TE: chunked ; CL: 5                  | LENGTH_AND_ENCODING
          1.0 | TE: chunked                          | ENCODING
          1.1 | TE:                                  | ENCODING
          1.1 | TE: identity                         | ENCODING
          1.1 | TE: xchunked                         | ENCODING
          1.1 | TE: chunkedx                         | ENCODING
          1.1 | TE: "chunked"                        | ENCODING
          1.1 | TE: chunked;q=1                      | ENCODING
          1.1 | TE: chunked, identity                | ENCODING
          1.1 | TE: identity, chunked                | ENCODING
          1.1 | TE: chunked, chunked                 | ENCODING
          1.1 | TE: chunked ; TE: chunked            | ENCODING
          1.1 | TE: chunked ; TE: identity           | ENCODING
          1.1 | TE: , chunked                        | ENCODING
          1.1 | TE: chunked, gzip                    | ENCODING
          1.1 | TE: gzip, chunked                    | ENCODING_UNKNOWN
          1.1 | TE: gzip ; TE: chunked               | ENCODING_UNKNOWN
          1.1 | TE: gzip                             | ENCODING
          """)
  void request_framing_orRefusal(String version, String lines, String expected) throws Exception {
    Version parsed = version.equals("1.0") ? Version.HTTP_1_0 : Version.HTTP_1_1;
    Fields fields =
        fields(lines.replace("CL:", "Content-Length:").replace("TE:", "Transfer-Encoding:"));
    if (expected.matches("NONE|CHUNKED|LENGTH \\d+")) {
      assertEquals(expected, shown(Framing.ofRequest(fields, parsed)));
    } else {
      Failure refused = assertThrows(Failure.class, () -> Framing.ofRequest(fields, parsed));
      assertTrue(refused.detail().startsWith(expected + ","), refused.getMessage());
      assertEquals(expected.equals("ENCODING_UNKNOWN") ? 501 : 400, refused.kind().status());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET     | 200 | 1.1 | ''                      | UNTIL_CLOSE
          GET     | 200 | 1.0 | ''                      | UNTIL_CLOSE
          GET     | 200 | 1.1 | CL: 0                   | NONE
          GET     | 200 | 1.1 | CL: 7                   | LENGTH 7
          GET     | 200 | 1.1 | CL: 7 ; CL: 7           | LENGTH 7
          GET     | 200 | 1.1 | TE: chunked             | CHUNKED
          GET     | 200 | 1.1 | CL: 7 ; CL: 8           | LENGTH,
          GET     | 200 | 1.1 | CL: 7, 7                | LENGTH,
          GET     | 200 | 1.1 | CL: x                   | LENGTH,
          GET     | 200 | 1.1 | CL: 18446744073709551617 | LENGTH,
          GET     | 200 | 1.1 | CL: 7 ; TE: chunked     | LENGTH_AND_ENCODING,
          GET     | 200 | 1.0 | TE: chunked             | ENCODING,
          GET     | 200 | 1.1 | TE: gzip                | ENCODING,
          GET     | 200 | 1.1 | TE: gzip, chunked       | ENCODING_UNKNOWN,
          HEAD    | 200 | 1.1 | CL: 7                   | NONE
          HEAD    | 200 | 1.1 | TE: chunked             | NONE
          HEAD    | 200 | 1.1 | CL: 7 ; CL: 8           | LENGTH,
          GET     | 304 | 1.1 | CL: 7                   | NONE
          GET     | 304 | 1.1 | CL: x                   | LENGTH,
          GET     | 204 | 1.1 | CL: 7                   | NONE
          GET     | 204 | 1.1 | TE: chunked             | NONE
          CONNECT | 200 | 1.1 | CL: 7                   | NONE
          CONNECT | 403 | 1.1 | CL: 7                   | LENGTH 7
          GET     | 205 | 1.1 | ''                      | UNTIL_CLOSE
          """)
  void response_framing_orRefusal(
      String method, int status, String version, String lines, String expected) throws Exception {
    Version parsed = version.equals("1.0") ? Version.HTTP_1_0 : Version.HTTP_1_1;
    Fields fields =
        fields(lines.replace("CL:", "Content-Length:").replace("TE:", "Transfer-Encoding:"));
    if (expected.endsWith(",")) {
      Failure refused =
          assertThrows(
              Failure.class, () -> Framing.ofResponse(Method.of(method), status, fields, parsed));
      assertTrue(refused.detail().contains(": " + expected), refused.getMessage());
    } else {
      assertEquals(expected, shown(Framing.ofResponse(Method.of(method), status, fields, parsed)));
    }
  }

  @Test
  void length_digitsOnly() {
    assertEquals(0, Framing.length("0"));
    assertEquals(42, Framing.length("42"));
    assertEquals(-1, Framing.length(""));
    assertEquals(-1, Framing.length(" 1"));
    assertEquals(-1, Framing.length("1".repeat(19)));
  }
}
