package darban.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadWriterTest {
  private final HeadWriter writer = new HeadWriter();

  private String written() {
    return new String(writer.bytes(), 0, writer.length(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void request_andResponse_written() {
    writer.request(Method.GET, "/a").field(FieldName.HOST, "h").end();
    assertEquals("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", written());
    writer.response(200).field(FieldName.CONTENT_LENGTH, 5).end();
    assertEquals("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", written());
    writer.response(299).end();
    assertEquals("HTTP/1.1 299 \r\n\r\n", written());
    writer.response(299).end();
    assertEquals("HTTP/1.1 299 \r\n\r\n", written());
    writer.response(777).end();
    assertEquals("HTTP/1.1 777 \r\n\r\n", written());
    writer.lastChunk().fields(Fields.of("A", "\u00ff"), null).end();
    assertEquals("0\r\nA: \u00ff\r\n\r\n", written());
  }

  @Test
  void fields_allButOne() {
    Fields fields = Fields.of("A", "1", "Content-Length", "2", "b", "3");
    writer.response(200).fields(fields, FieldName.CONTENT_LENGTH).end();
    assertEquals("HTTP/1.1 200 OK\r\nA: 1\r\nb: 3\r\n\r\n", written());
  }

  @Test
  void fields_withABeginning_writesItOnce_andWhatStandsBehindEachTime() {
    Fields beginning = Fields.of("A", "1", "b", "2").asBeginning();
    Fields.Beginning its = Objects.requireNonNull(beginning.beginning());
    assertNull(its.written(Fields.Beginning.Form.LINES));
    for (String age : new String[] {"0", "1"}) {
      Fields answer = beginning.toBuilder().add(FieldName.AGE, age).build();
      writer.response(200).fields(answer, FieldName.CONTENT_LENGTH).end();
      assertEquals("HTTP/1.1 200 OK\r\nA: 1\r\nb: 2\r\nAge: " + age + "\r\n\r\n", written());
      assertEquals(
          "A: 1\r\nb: 2\r\n",
          new String(
              Objects.requireNonNull(its.written(Fields.Beginning.Form.LINES)),
              StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void fields_withAChangedBeginning_areWrittenLineByLine() {
    Fields beginning = Fields.of("A", "1", "b", "2").asBeginning();
    writer.response(200).fields(beginning, null).end();
    writer.response(200).fields(beginning, beginning.name(0)).end();
    assertEquals("HTTP/1.1 200 OK\r\nb: 2\r\n\r\n", written());
    Fields changed = beginning.toBuilder().set(FieldName.of("A"), "3").build();
    writer.response(200).fields(changed, null).end();
    assertEquals("HTTP/1.1 200 OK\r\nb: 2\r\nA: 3\r\n\r\n", written());
  }

  @Test
  void large_grows() {
    writer.request(Method.GET, "/" + "p".repeat(5_000));
    for (int i = 0; i < 200; i++) {
      writer.field(FieldName.of("X-" + i), "v".repeat(100));
    }
    writer.end();
    assertEquals(16 + 5_000 + 10 * (1 + 2 + 4 + 100) + 90 * 108 + 100 * 109 + 2, writer.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb", "a\rb", "a\nb", "a\0b", "a\u010ab", "a\u010db"})
  void field_lineEndInAValue_isTheCallersBug(String value) {
    assertThrows(IllegalArgumentException.class, () -> writer.field(FieldName.VIA, value));
  }

  @Test
  void field_lineEndAnywhereInAValue_isFound_andNothingElseIs() {
    StringBuilder all = new StringBuilder();
    for (char c = 1; c < 256; c++) {
      if (c != '\r' && c != '\n') {
        all.append(c);
      }
    }
    writer.response(200).field(FieldName.VIA, all.toString());
    for (int length = 1; length < 40; length++) {
      for (int at = 0; at < length; at++) {
        for (char bad : new char[] {'\r', '\n', 0}) {
          String value = "\u0001".repeat(at) + bad + "\u00ff".repeat(length - at - 1);
          String where = (int) bad + " at " + at;
          assertThrows(
              IllegalArgumentException.class,
              () -> writer.response(200).field(FieldName.VIA, value),
              where);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ HTTP/1.1", "/\r\nX: y", "/\n", "/\0", "/\t", "/\u0120"})
  void request_targetThatWouldEndTheLine_isTheCallersBug(String target) {
    assertThrows(IllegalArgumentException.class, () -> writer.request(Method.GET, target));
  }
}
