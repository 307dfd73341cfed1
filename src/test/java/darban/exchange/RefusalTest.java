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
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {
  private static final Refusal REFUSAL = new Refusal("darban");

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
    Reply.Message reply = REFUSAL.of(why);
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
    Reply.Message reply = REFUSAL.of(Failure.from(new IllegalStateException("at Foo.java:12")));
    assertEquals(500, reply.status());
    String all = text(reply) + reply.fields().get(FieldName.PROXY_STATUS);
    assertFalse(all.contains("Foo"), all);
    assertTrue(all.contains("internal error"), all);
  }

  @Test
  void of_words_thatWouldBreakTheField_areMadeHarmless() {
    Reply.Message reply = REFUSAL.of(Failure.of(Kind.INTERNAL, "a \"b\" \\ c"));
    text(reply);
    assertEquals(
        "darban; error=proxy_internal_error; details=\"a 'b'  c\"",
        reply.fields().get(FieldName.PROXY_STATUS));
  }
}
