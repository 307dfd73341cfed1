package darban.wire;

import static darban.testkit.Shown.raw;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Limits;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Target;
import darban.http.Version;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadParserTest {
  private static final HeadParser REQUESTS = HeadParser.ofRequests(Limits.DEFAULT);
  private static final HeadParser RESPONSES = HeadParser.ofResponses(Limits.OF_ORIGIN);

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The request, found as a connection finds it: whatever the point at which the bytes split. */
  private static RequestHead request(String text) throws Failure {
    byte[] bytes = bytes(text);
    int end = HeadParser.end(bytes, 0, bytes.length);
    assertEquals(bytes.length, end, "the head is whole");
    return REQUESTS.request(bytes, 0, end);
  }

  private static ResponseHead response(String text) throws Failure {
    byte[] bytes = bytes(text);
    return RESPONSES.response(bytes, 0, bytes.length).head();
  }

  @Test
  void end_everySplitPoint_foundOnlyWhenTheLastByteIsThere() {
    for (String head :
        List.of(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\n\n",
            "GET / HTTP/1.1\r\nHost: a\n\r\n")) {
      byte[] bytes = bytes(head + "rest\r\n\r\n");
      for (int upTo = 0; upTo <= bytes.length; upTo++) {
        int expected = upTo < head.length() ? -1 : head.length();
        assertEquals(expected, HeadParser.end(bytes, 0, upTo), "up to " + upTo);
        // A search may go on three bytes before the point where the last one stopped.
        assertEquals(expected, HeadParser.end(bytes, Math.max(0, head.length() - 4), upTo));
      }
    }
  }

  @Test
  void request_ordinary_itsParts() throws Exception {
    RequestHead head =
        request("POST /a?b HTTP/1.1\r\nHost: Example:80\r\nX:  1 \t\r\nx:\r\nY: \u00ff\t~\r\n\r\n");
    assertEquals(Method.POST, head.method());
    assertEquals(Target.origin("/a?b"), head.target());
    assertEquals("example:80", head.authority());
    assertEquals(Version.HTTP_1_1, head.version());
    assertEquals(
        Fields.of("Host", "Example:80", "X", "1", "x", "", "Y", "\u00ff\t~"), head.fields());
    assertEquals(null, head.protocol());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /                     | ORIGIN    | /               | h
          GET //x/../y              | ORIGIN    | //x/../y        | h
          GET /%zz;?#               | -         | TARGET          |
          GET /"<>\\^`{}            | ORIGIN    | /"<>\\^`{}      | h
          OPTIONS *                 | ASTERISK  | *               | h
          GET *                     | -         | TARGET          |
          GET http://A.b/c?d        | ABSOLUTE  | http://a.b/c?d  | a.b
          GET HTTP://A.b            | ABSOLUTE  | http://a.b/     | a.b
          GET https://a:444?q       | ABSOLUTE  | https://a:444/?q | a:444
          OPTIONS http://a          | ABSOLUTE  | http://a        | a
          GET http://u@a/           | -         | TARGET_USERINFO |
          GET http:///x             | -         | HOST            |
          GET http://a b/           | -         | VERSION         |
          GET ftp://a/              | -         | TARGET          |
          GET a.b                   | -         | TARGET          |
          GET a.b:80                | -         | TARGET          |
          GET \\x                   | -         | TARGET          |
          GET /ä                    | -         | TARGET          |
          GET /⇥                    | -         | TARGET          |
          CONNECT a:443             | AUTHORITY | a:443           | a:443
          CONNECT a                 | AUTHORITY | a               | a
          CONNECT [::1]:1           | AUTHORITY | [::1]:1         | [::1]:1
          CONNECT /                 | -         | HOST            |
          CONNECT http://a/         | -         | HOST            |
          CONNECT u@a:1             | -         | TARGET_USERINFO |
          M-!#$%&'*+.^_`~9 /       | ORIGIN    | /               | h
          """)
  void target_form_orRefusal(String line, String form, String target, String authority)
      throws Exception {
    String text = raw(line) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    if (form.equals("-")) {
      Failure refused = assertThrows(Failure.class, () -> request(text));
      assertTrue(refused.detail().startsWith(target + ","), refused.getMessage());
      return;
    }
    RequestHead head = request(text);
    assertEquals(form, head.target().form().name());
    assertEquals(target, head.target().toString());
    assertEquals(authority, head.authority());
  }

  /** Each rule once; heads of one line get a good Host. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          GET / HTTP/1.1 ⏎Host: h⏎⏎|VERSION
          GET / HTTP/1.1⏎Host : h⏎⏎|FIELD_SPACE
          GET / HTTP/1.1⏎Host⇥: h⏎⏎|FIELD_SPACE
          GET / HTTP/1.1⏎ Host: h⏎⏎|FIELD_FOLD
          GET / HTTP/1.1⏎Host: h⏎ x⏎⏎|FIELD_FOLD
          GET / HTTP/1.1⏎Host: h⏎⇥x⏎⏎|FIELD_FOLD
          GET / HTTP/1.1⏎Host: h⏎X: a⏎⇥⏎⏎|FIELD_FOLD
          GET / HTTP/1.1⏎Host: h⏎: x⏎⏎|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎X⏎⏎|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎X(: a⏎⏎|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎X{}: a⏎⏎|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎X␀: a⏎⏎|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎Xä: a⏎⏎|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎"X": a⏎⏎|FIELD_NAME
          GET / HTTP/1.1⏎Host: h⏎X Y: a⏎⏎|FIELD_SPACE
          GET / HTTP/1.1⏎Host: h⏎X: a␀b⏎⏎|FIELD_VALUE
          GET / HTTP/1.1⏎Host: h⏎X: a␡⏎⏎|FIELD_VALUE
          GET / HTTP/1.1⏎Host: h⏎X: a␁⏎⏎|FIELD_VALUE
          GET / HTTP/1.1⏎Host: h⏎X: a␋b⏎⏎|FIELD_VALUE
          GET / HTTP/1.1⏎Host: h⏎X: a←b⏎⏎|LINE_END
          GET / HTTP/1.1⏎Host: h⏎X: a↵Y: b⏎⏎|LINE_END
          GET / HTTP/1.1⏎Host: h⏎X: a←←↵⏎|LINE_END
          GET / HTTP/1.1⏎Host: h↵⏎|LINE_END
          GET / HTTP/1.1⏎Host: h⏎X: a↵↵|LINE_END
          GET / HTTP/1.1↵Host: h⏎⏎|LINE_END
          GET / HTTP/1.1←Host: h⏎⏎|LINE_END
          GET /←HTTP/1.1⏎Host: h⏎⏎|LINE_END
          GET  / HTTP/1.1⏎Host: h⏎⏎|REQUEST_LINE
          GET⇥/ HTTP/1.1⏎Host: h⏎⏎|METHOD
          GET /  HTTP/1.1⏎Host: h⏎⏎|VERSION
          GET / ⏎Host: h⏎⏎|VERSION
          GET /⏎Host: h⏎⏎|REQUEST_LINE
          GET⏎Host: h⏎⏎|METHOD
           GET / HTTP/1.1⏎Host: h⏎⏎|METHOD
          GÄT / HTTP/1.1⏎Host: h⏎⏎|METHOD
          G(T / HTTP/1.1⏎Host: h⏎⏎|METHOD
          GET: / HTTP/1.1⏎Host: h⏎⏎|METHOD
          GETGETGETGETGETGETGETGETGETGETGET / HTTP/1.1⏎Host: h⏎⏎|METHOD
          GET / http/1.1⏎Host: h⏎⏎|VERSION
          GET / HTTP/1.10⏎Host: h⏎⏎|VERSION
          GET / HTTP/11⏎Host: h⏎⏎|VERSION
          GET / HTTP/1,1⏎Host: h⏎⏎|VERSION
          GET / HTTP/01.1⏎Host: h⏎⏎|VERSION
          GET / HTTP/1.1x⏎Host: h⏎⏎|VERSION
          GET / HTPP/1.1⏎Host: h⏎⏎|VERSION
          GET / HTTP/0.9⏎Host: h⏎⏎|VERSION_UNKNOWN
          GET / HTTP/1.2⏎Host: h⏎⏎|VERSION_UNKNOWN
          GET / HTTP/2.0⏎Host: h⏎⏎|VERSION_UNKNOWN
          GET / HTTP/9.9⏎Host: h⏎⏎|VERSION_UNKNOWN
          GET / HTTP/1.1⏎X: h⏎⏎|HOST_MISSING
          GET http://a/ HTTP/1.1⏎X: h⏎⏎|HOST_MISSING
          GET / HTTP/1.1⏎Host: h⏎Host: h⏎⏎|HOST_REPEATED
          GET / HTTP/1.1⏎Host: h⏎host: i⏎⏎|HOST_REPEATED
          GET / HTTP/1.0⏎Host: h⏎Host: i⏎⏎|HOST_REPEATED
          GET / HTTP/1.1⏎Host:⏎⏎|HOST
          GET / HTTP/1.1⏎Host: a, b⏎⏎|HOST
          GET / HTTP/1.1⏎Host: a b⏎⏎|HOST
          GET / HTTP/1.1⏎Host: u@a⏎⏎|HOST
          GET / HTTP/1.1⏎Host: a/b⏎⏎|HOST
          GET / HTTP/1.1⏎Host: a:b⏎⏎|HOST
          GET / HTTP/1.1⏎Host: a:70000⏎⏎|HOST
          GET / HTTP/1.1⏎Host: http://a⏎⏎|HOST
          GET / HTTP/1.1⏎Host: [::1⏎⏎|HOST
          GET / HTTP/1.1⏎Host: ä⏎⏎|HOST
          GET http://a/ HTTP/1.1⏎Host: b/⏎⏎|HOST
          """)
  void request_malformed_refused(String shown, String violation) {
    byte[] bytes = bytes(raw(shown));
    Failure refused = assertThrows(Failure.class, () -> REQUESTS.request(bytes, 0, bytes.length));
    assertTrue(refused.detail().startsWith(violation + ","), refused.getMessage());
  }

  @Test
  void authority_targetBeatsHost_andMayBeMissingIn10() throws Exception {
    assertEquals("a", request("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n").authority());
    assertEquals("a:1", request("CONNECT a:1 HTTP/1.1\r\nHost: b\r\n\r\n").authority());
    assertEquals("a:1", request("CONNECT a:1 HTTP/1.0\r\n\r\n").authority());
    assertEquals("", request("GET / HTTP/1.0\r\n\r\n").authority());
    assertEquals("a", request("GET http://a/ HTTP/1.0\r\n\r\n").authority());
  }

  @ParameterizedTest
  @CsvSource({
    "Transfer_Encoding, false", "content_length, false", "X_Forwarded_For, false", "HOST_, true",
    "Host, true", "X_Real-IP, false", "Proxy_Authorization, false", "My_Own, true",
    "Authorization, true",
  })
  void underscores_twinOfATrustedName_dropped(String name, boolean kept) throws Exception {
    Fields fields = request("GET / HTTP/1.0\r\n" + name + ": h\r\n\r\n").fields();
    assertEquals(kept ? 1 : 0, fields.size());
  }

  @Test
  void limits_atTheBound_andOneBeyond() throws Exception {
    Limits limits = new Limits(20, 30, 3, 200, 0, 100, 50, 1, 1, 100);
    HeadParser parser = HeadParser.ofRequests(limits);
    assertEquals(200, parser.limit());
    String path = "/" + "p".repeat(19);
    String field = "X: " + "v".repeat(27);
    String good = "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + field + "\r\nY: z\r\n\r\n";
    parser.request(bytes(good), 0, good.length());
    refused(parser, good.replace(path, path + "p"), "TARGET_LENGTH");
    refused(parser, good.replace(field, field + "v"), "FIELD_LENGTH");
    refused(parser, good.replace("Y: z", "Y: z\r\nZ: z"), "FIELD_COUNT");
    byte[] endless = bytes("GET /" + "p".repeat(500));
    assertEquals(414, parser.tooLong(endless, 0, 201).kind().status());
    byte[] fields = bytes("GET / HTTP/1.1\r\nX: " + "p".repeat(500));
    assertEquals(431, parser.tooLong(fields, 0, 201).kind().status());
    HeadParser responses = HeadParser.ofResponses(limits);
    assertEquals(200, responses.limit());
    assertEquals(502, responses.tooLong(fields, 0, 201).kind().status());
    String many = "HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n";
    Failure tooMany =
        assertThrows(Failure.class, () -> responses.response(bytes(many), 0, many.length()));
    assertEquals("http_response_header_section_size", tooMany.kind().errorType());
  }

  private static void refused(HeadParser parser, String text, String violation) {
    Failure refused =
        assertThrows(Failure.class, () -> parser.request(bytes(text), 0, text.length()));
    assertTrue(refused.detail().startsWith(violation + ","), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          HTTP/1.1 200 OK⏎⏎|200
          HTTP/1.1 200 ⏎⏎|200
          HTTP/1.1 200⏎⏎|200
          HTTP/1.0 404 Nöt ⇥fo:und⏎⏎|404
          HTTP/1.1 100 Continue⏎⏎|100
          HTTP/1.1 999 X⏎⏎|999
          """)
  void response_statusLine_itsStatus(String shown, int status) throws Exception {
    assertEquals(status, response(raw(shown)).status());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          HTTP/1.1  200 OK⏎⏎
          HTTP/1.1⇥200 OK⏎⏎
          HTTP/1.1 20 OK⏎⏎
          HTTP/1.1 2000 OK⏎⏎
          HTTP/1.1 099 OK⏎⏎
          HTTP/1.1 -20 OK⏎⏎
          HTTP/1.1 2x0 OK⏎⏎
          HTTP/1.1 200OK⏎⏎
          HTTP/1.1 OK⏎⏎
          HTTP/1.1⏎⏎
          HTTP/2.0 200 OK⏎⏎
          HTTP/1.2 200 OK⏎⏎
          http/1.1 200 OK⏎⏎
          ICY 200 OK⏎⏎
           HTTP/1.1 200 OK⏎⏎
          HTTP/1.1 200 O␀K⏎⏎
          HTTP/1.1 200 O←K⏎⏎
          HTTP/1.1 200 OK↵⏎
          HTTP/1.1 200 OK⏎X: a↵⏎
          HTTP/1.1 200 OK⏎X: a␀⏎⏎
          HTTP/1.1 200 OK⏎X: a⏎ b⏎⏎
          HTTP/1.1 200 OK⏎ X: a⏎⏎
          HTTP/1.1 200 OK⏎X⏎⏎
          HTTP/1.1 200 OK⏎: a⏎⏎
          HTTP/1.1 200 OK⏎X Y: a⏎⏎
          <html>⏎⏎
          """)
  void response_malformed_isTheOriginsFault(String shown) {
    Failure refused = assertThrows(Failure.class, () -> response(raw(shown)));
    assertEquals("http_protocol_error", refused.kind().errorType());
  }

  @Test
  void response_spaceBeforeColon_removed() throws Exception {
    assertEquals(
        "5",
        response("HTTP/1.1 200 OK\r\nContent-Length \t: 5\r\n\r\n")
            .fields()
            .get(FieldName.CONTENT_LENGTH));
  }

  @Test
  void trailers_forbiddenOnes_dropped() throws Exception {
    String text = "Digest: a\r\nContent-Length: 5\r\nHost: b\r\nX-Forwarded-For: c\r\n\r\n";
    assertEquals(Fields.of("Digest", "a"), REQUESTS.trailers(bytes(text), 0, text.length()));
    String good = "A: 1\r\nB: 2\r\n\r\n";
    assertEquals(Fields.of("A", "1", "B", "2"), REQUESTS.trailers(bytes(good), 0, good.length()));
    assertEquals(Fields.NONE, REQUESTS.trailers(bytes("\r\n"), 0, 2));
  }

  @Test
  void token_everyByte_asRfc9110Says() {
    for (int b = -128; b < 256; b++) {
      boolean expected =
          b > 0 && b < 128 && (Character.isLetterOrDigit(b) || "!#$%&'*+-.^_`|~".indexOf(b) >= 0);
      assertEquals(expected, HeadParser.isToken(b), "byte " + b);
    }
    assertFalse(HeadParser.isToken(':'));
  }
}
