package darban.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Limits;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Target;
import darban.http.Version;
import darban.testkit.Shown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldBlockTest {
  private static final String GET = ":method=GET :scheme=https :path=/ :authority=h";

  /** Lines are parted by spaces, name and value by the last equals sign but one at the start. */
  private static FieldBlock feed(FieldBlock block, String lines) throws Failure {
    for (String line : Shown.raw(lines).split(" ")) {
      if (!line.isEmpty()) {
        int equals = line.indexOf('=');
        block.line(line.substring(0, equals), line.substring(equals + 1).replace('+', ' '));
      }
    }
    return block;
  }

  private static RequestHead request(String lines) throws Failure {
    return feed(FieldBlock.ofRequest(Limits.DEFAULT), lines).request(Version.HTTP_2);
  }

  private static ResponseHead response(String lines) throws Failure {
    return feed(FieldBlock.ofResponse(Limits.OF_ORIGIN), lines).response();
  }

  @Test
  void request_ordinary_itsParts() throws Exception {
    RequestHead head =
        request(
            ":method=POST :scheme=http :path=/a?b :authority=H:8 x-own=1 te=trailers cookie=a=1 cookie=b");
    assertEquals("POST", head.method().name());
    assertEquals(new Target(Target.Form.ABSOLUTE, "http", "H:8", "/a?b"), head.target());
    assertEquals("h:8", head.authority());
    assertEquals(
        Fields.of("x-own", "1", "te", "trailers", "cookie", "a=1; b", "host", "h:8"),
        head.fields());
    assertEquals(Version.HTTP_2, head.version());
  }

  @Test
  void request_otherForms() throws Exception {
    assertEquals(Target.authority("a:1"), request(":method=CONNECT :authority=a:1").target());
    assertEquals(
        "*", request(":method=OPTIONS :scheme=https :path=* :authority=h").target().path());
    RequestHead extended =
        request(":method=CONNECT :protocol=websocket :scheme=https :path=/c :authority=h");
    assertEquals("websocket", extended.protocol());
    assertEquals("/c", extended.target().path());
    assertEquals("h", request(":method=GET :scheme=https :path=/ host=h").authority());
    assertEquals("h", request(GET + " host=H").authority());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          :scheme=https :path=/ :authority=h                    | METHOD
          :method= :scheme=https :path=/ :authority=h           | METHOD
          :method=G+T :scheme=https :path=/ :authority=h        | METHOD
          :method=GET :path=/ :authority=h                      | PSEUDO_FIELD
          :method=GET :scheme=https :authority=h                | PSEUDO_FIELD
          :method=GET :scheme=https :path= :authority=h         | PSEUDO_FIELD
          :method=GET :scheme=ftp :path=/ :authority=h          | PSEUDO_FIELD
          :method=GET :scheme=https :path=/ :path=/ :authority=h | PSEUDO_FIELD
          :method=GET :method=GET :scheme=https :path=/ :authority=h | PSEUDO_FIELD
          :method=GET :scheme=https :path=/ :authority=h :authority=h | PSEUDO_FIELD
          GET! :status=200                                      | PSEUDO_FIELD
          GET! :other=x                                         | PSEUDO_FIELD
          GET! :=x                                              | PSEUDO_FIELD
          GET! :protocol=websocket                              | PSEUDO_FIELD
          x=1 :method=GET :scheme=https :path=/ :authority=h    | PSEUDO_FIELD
          :method=GET :scheme=https x=1 :path=/ :authority=h    | PSEUDO_FIELD
          :method=CONNECT :authority=a:1 :path=/                | PSEUDO_FIELD
          :method=CONNECT :authority=a:1 :scheme=https          | PSEUDO_FIELD
          :method=CONNECT                                       | HOST_MISSING
          :method=CONNECT :protocol=x,y :scheme=https :path=/ :authority=h | PSEUDO_FIELD
          :method=CONNECT :protocol= :scheme=https :path=/ :authority=h | PSEUDO_FIELD
          :method=GET :scheme=https :path=/                     | HOST_MISSING
          :method=GET :scheme=https :path=/ :authority=         | HOST_MISSING
          :method=GET :scheme=https :path=/ :authority=u@h      | TARGET_USERINFO
          :method=GET :scheme=https :path=/ :authority=h/x      | HOST
          :method=GET :scheme=https :path=/ :authority=h+x      | HOST
          :method=GET :scheme=https :path=/ :authority=a,b      | HOST
          GET! host=other                                       | HOST_CONFLICT
          GET! host=h host=h                                    | HOST_REPEATED
          :method=GET :scheme=https :path=x :authority=h        | TARGET
          :method=GET :scheme=https :path=* :authority=h        | TARGET
          :method=GET :scheme=https :path=/a#b :authority=h     | TARGET
          :method=GET :scheme=https :path=/a+b :authority=h     | TARGET
          :method=GET :scheme=https :path=/a⇥b :authority=h     | TARGET
          :method=GET :scheme=https :path=/ä :authority=h       | TARGET
          :method=GET :scheme=https :path=/␀ :authority=h       | FIELD_VALUE
          :method=GET :scheme=https :path=/⏎ :authority=h       | FIELD_VALUE
          GET! X=1                                              | FIELD_NAME
          GET! x:y=1                                            | FIELD_NAME
          GET! =1                                               | FIELD_NAME
          GET! xä=1                                             | FIELD_NAME
          GET! x⏎=1                                             | FIELD_NAME
          GET! x␀=1                                             | FIELD_NAME
          GET! x=a⏎b                                            | FIELD_VALUE
          GET! x=a↵                                             | FIELD_VALUE
          GET! x=a←                                             | FIELD_VALUE
          GET! x=a␀                                             | FIELD_VALUE
          GET! x=a␡                                             | FIELD_VALUE
          GET! x=+a                                             | FIELD_VALUE
          GET! x=a⇥                                             | FIELD_VALUE
          GET! x=\u0100                                         | FIELD_VALUE
          GET! connection=close                                 | CONNECTION_FIELD
          GET! transfer-encoding=chunked                        | CONNECTION_FIELD
          GET! upgrade=x                                        | CONNECTION_FIELD
          GET! keep-alive=x                                     | CONNECTION_FIELD
          GET! proxy-connection=x                               | CONNECTION_FIELD
          GET! te=gzip                                          | CONNECTION_FIELD
          GET! te=trailers,+gzip                                | CONNECTION_FIELD
          GET! content-length=1 content-length=1                | LENGTH_REPEATED
          GET! content-length=x                                 | LENGTH
          GET! content-length=+1                                | FIELD_VALUE
          GET! content-length=1,1                               | LENGTH
          """)
  void request_malformed_refused(String lines, String violation) {
    Failure refused = assertThrows(Failure.class, () -> request(lines.replace("GET!", GET)));
    assertTrue(refused.detail().startsWith(violation + ","), refused.getMessage());
    assertEquals(400, refused.kind().status());
  }

  @Test
  void request_underscoreTwins_dropped() throws Exception {
    Fields fields = request(GET + " content_length=1 x_forwarded_for=2 my_own=3").fields();
    assertEquals(Fields.of("my_own", "3", "host", "h"), fields);
  }

  @Test
  void request_proxyAuthorization_passes() throws Exception {
    assertEquals(
        "x", request(GET + " proxy-authorization=x").fields().get(FieldName.PROXY_AUTHORIZATION));
  }

  @Test
  void limits_bytesAndLinesAndTarget() throws Exception {
    Limits limits = new Limits(20, 30, 3, 400, 0, 100, 50, 1, 1, 100);
    FieldBlock good = FieldBlock.ofRequest(limits);
    feed(good, GET + " a=1 b=2 c=3").request(Version.HTTP_2);
    limited(limits, GET + " a=" + "v".repeat(31), 431);
    limited(limits, GET.replace(":path=/", ":path=/" + "p".repeat(20)), 414);
    limited(limits, GET + " a=1".repeat(5), 431);
    FieldBlock many = FieldBlock.ofRequest(Limits.DEFAULT);
    Failure tooMany =
        assertThrows(
            Failure.class, feed(many, GET + " a=".repeat(4) + " a=1".repeat(200))::trailers);
    assertEquals(431, tooMany.kind().status());
    FieldBlock large = FieldBlock.ofRequest(Limits.DEFAULT);
    String value = " a=" + "v".repeat(8_000);
    Failure tooLarge = assertThrows(Failure.class, feed(large, GET + value.repeat(5))::trailers);
    assertTrue(tooLarge.detail().startsWith("HEAD_LENGTH"), tooLarge.getMessage());
  }

  private static void limited(Limits limits, String lines, int status) {
    FieldBlock block = FieldBlock.ofRequest(limits);
    Failure refused = assertThrows(Failure.class, () -> feed(block, lines).request(Version.HTTP_3));
    assertEquals(status, refused.kind().status(), refused.getMessage());
  }

  @Test
  void response_ordinary_itsParts() throws Exception {
    ResponseHead head = response(":status=204 x=1 set-cookie=a set-cookie=b");
    assertEquals(204, head.status());
    assertEquals(Fields.of("x", "1", "set-cookie", "a", "set-cookie", "b"), head.fields());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x=1
          :status=20
          :status=2000
          :status=099
          :status=2x0
          :status=
          :status=200 :status=200
          :status=200 :path=/
          :method=GET
          x=1 :status=200
          :status=200 connection=close
          :status=200 X=1
          :status=200 x=a⏎b
          :status=200 content-length=x
          :status=200 content-length=1 content-length=2
          """)
  void response_malformed_isTheOriginsFault(String lines) {
    Failure refused = assertThrows(Failure.class, () -> response(lines));
    assertEquals(502, refused.kind().status());
  }

  @Test
  void trailers_noPseudoFields_noForbiddenOnes() throws Exception {
    FieldBlock good =
        feed(FieldBlock.ofRequest(Limits.DEFAULT), "digest=x content-length=1 host=a");
    assertEquals(Fields.of("digest", "x"), good.trailers());
    for (String pseudo : new String[] {":method=GET", ":path=/", ":protocol=x", ":authority=a"}) {
      FieldBlock bad = feed(FieldBlock.ofRequest(Limits.DEFAULT), pseudo + " x=1");
      assertThrows(Failure.class, bad::trailers, pseudo);
    }
    FieldBlock status = feed(FieldBlock.ofResponse(Limits.DEFAULT), ":status=200");
    assertThrows(Failure.class, status::trailers);
  }
}
