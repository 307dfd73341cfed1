package darban.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Side;
import darban.flow.Body;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Target;
import darban.http.Version;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {
  private static final Refusal REFUSAL = new Refusal("darban");

  private static RequestHead asked(Version version, String contentType) {
    Fields fields = Fields.of("Content-Type", contentType);
    return new RequestHead(version, Method.POST, Target.origin("/"), "h", fields, null);
  }

  private static String text(Reply.Message reply) {
    Body.Bytes bytes = (Body.Bytes) reply.body();
    String text = bytes.buffer().toString(StandardCharsets.UTF_8);
    bytes.buffer().release();
    return text;
  }

  @ParameterizedTest
  @EnumSource
  void of_eachKind_itsStatus_itsErrorTypeUnlessTheClientsFault_andNoDetail(Kind kind) {
    Failure why = Failure.of(kind, "a reason").detailed("secret 10.0.0.1");
    Reply.Message reply = REFUSAL.of(why, asked(Version.HTTP_2, "text/plain"));
    assertEquals(kind.status(), reply.status());
    String proxyStatus = reply.fields().get(FieldName.PROXY_STATUS);
    if (kind.side() == Side.CLIENT && kind.status() != 403) {
      assertNull(proxyStatus);
    } else {
      assertEquals("darban; error=" + kind.errorType() + "; details=\"a reason\"", proxyStatus);
    }
    String text = text(reply);
    assertTrue(text.contains("a reason"), text);
    assertFalse((text + reply.fields()).contains("secret"), text);
  }

  @Test
  void of_aBug_saysNothingOfIt() {
    Reply.Message reply =
        REFUSAL.of(
            Failure.from(new IllegalStateException("at Foo.java:12")),
            asked(Version.HTTP_1_1, "text/plain"));
    assertEquals(500, reply.status());
    String all = text(reply) + reply.fields().get(FieldName.PROXY_STATUS);
    assertFalse(all.contains("Foo"), all);
    assertTrue(all.contains("internal error"), all);
  }

  @Test
  void of_words_thatWouldBreakTheField_areMadeHarmless() {
    Reply.Message reply =
        REFUSAL.of(
            Failure.of(Kind.INTERNAL, "a \"b\" \\ c"), asked(Version.HTTP_1_1, "text/plain"));
    text(reply);
    assertEquals(
        "darban; error=proxy_internal_error; details=\"a 'b'  c\"",
        reply.fields().get(FieldName.PROXY_STATUS));
  }

  /** As the mapping of statuses in the protocol of gRPC has it. */
  @ParameterizedTest
  @CsvSource({
    "BAD_REQUEST, 13", "UNAUTHORIZED, 16", "FORBIDDEN, 7", "NOT_FOUND, 12",
    "TOO_MANY_REQUESTS, 14", "CONNECTION_REFUSED, 14", "NO_SERVER, 14", "RESPONSE_TIMEOUT, 14",
    "RESPONSE_CANCELLED, 1", "INTERNAL, 2",
  })
  void of_aCall_itsStatusIsOneOfACall(Kind kind, String status) {
    Failure why = Failure.of(kind, "50 % \"\u00fc\"");
    for (String type : List.of("application/grpc", "application/grpc+proto")) {
      Reply.Message reply = REFUSAL.of(why, asked(Version.HTTP_2, type));
      assertEquals(200, reply.status());
      assertEquals(Body.NONE, reply.body());
      assertEquals("application/grpc", reply.fields().get(FieldName.CONTENT_TYPE));
      assertEquals(status, reply.fields().get(FieldName.of("grpc-status")));
      assertEquals("50%20%25%20%22%C3%BC%22", reply.fields().get(FieldName.of("grpc-message")));
    }
  }

  @ParameterizedTest
  @CsvSource({"HTTP_2, application/grpc-web", "HTTP_2, text/plain", "HTTP_1_1, application/grpc"})
  void of_whatIsNoCall_itsStatusIsOfHttp(Version version, String type) {
    Reply.Message reply = REFUSAL.of(Failure.of(Kind.NO_SERVER, "none"), asked(version, type));
    assertEquals(503, reply.status());
    assertTrue(text(reply).contains("none"));
  }
}
