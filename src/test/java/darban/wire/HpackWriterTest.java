package darban.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.http.FieldName;
import darban.http.Fields;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections as RFC 7541 §6 and its appendixes A and C have them. */
class HpackWriterTest {
  private final HpackWriter writer = new HpackWriter();

  private String written() {
    return HexFormat.of().formatHex(writer.bytes(), 0, writer.length());
  }

  @Test
  void table_askedToBeSmaller_isNone() {
    writer.begin(true).field(FieldName.PSEUDO_STATUS, "200");
    assertEquals("20" + "88", written());
    writer.begin(false).field(FieldName.PSEUDO_STATUS, "404");
    assertEquals("8d", written());
  }

  @Test
  void request_isWrittenInOrder() {
    writer
        .begin(false)
        .field(FieldName.PSEUDO_METHOD, "GET")
        .field(FieldName.PSEUDO_SCHEME, "http")
        .field(FieldName.PSEUDO_PATH, "/sample/path");
    assertEquals("8286" + "040c2f73616d706c652f70617468", written()); // C.2.2
  }

  @ParameterizedTest
  @CsvSource({
    ":status, 302, 08 03 333032",
    "etag, a, 0f13 01 61", // index 34
    "www-authenticate, b, 0f2e 01 62", // index 61
    "X-A, c, 00 03 782d61 01 63",
    "via, '', 0f2d 00"
  })
  void field_withoutItsValueInTheTable_isWritten(String name, String value, String line) {
    writer.begin(false).field(FieldName.of(name), value);
    assertEquals(line.replace(" ", ""), written());
  }

  @Test
  void value_long_isWrittenWhole() {
    writer.begin(false).field(FieldName.ETAG, "e".repeat(5000));
    assertEquals("0f13" + "7f8926" + "65".repeat(5000), written());
  }

  /** What frames say is left out; what is the beginning of many answers is coded once. */
  @Test
  void fields_withABeginning_areCodedOnce_andTheRestEachTime() {
    Fields beginning = Fields.of("Connection", "x", "ETag", "a").asBeginning();
    for (String age : new String[] {"0", "1"}) {
      writer.begin(false).fields(beginning.toBuilder().add(FieldName.AGE, age).build());
      assertEquals("0f130161" + "0f06013" + age, written());
    }
    byte[] kept =
        Objects.requireNonNull(beginning.beginning()).written(Fields.Beginning.Form.HPACK);
    assertEquals("0f130161", HexFormat.of().formatHex(kept));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb: c", "\n", "12345678\r", "\0"})
  void value_thatWouldEndALine_isABug(String value) {
    writer.begin(false);
    assertThrows(IllegalArgumentException.class, () -> writer.field(FieldName.ETAG, value));
  }
}
