package darban.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.http.FieldName;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sections as RFC 9204 §4.5 and its appendix A have them; clients read others in Http3Test. */
class QpackWriterTest {
  private final QpackWriter writer = new QpackWriter();

  private String written() {
    return HexFormat.of().formatHex(writer.bytes(), 0, writer.length());
  }

  @ParameterizedTest
  @CsvSource({
    "200, 0000 d9", // index 25
    "103, 0000 d8",
    "404, 0000 db",
    "100, 0000 ff00", // index 63, the first that does not fit into six bits
    "500, 0000 ff08",
    "299, 0000 5f09 03 323939" // the name of index 24, and a value
  })
  void status_isANumber_whereItIsKnown(int status, String section) {
    writer.begin().field(FieldName.PSEUDO_STATUS, Integer.toString(status));
    assertEquals(section.replace(" ", ""), written());
  }

  @Test
  void field_knownWithItsValue_isOneNumber() {
    writer.begin().field(FieldName.ACCEPT_RANGES, "bytes").field(FieldName.VARY, "origin");
    assertEquals("0000" + "e0" + "fc", written());
  }

  @Test
  void field_knownByItsName_isANumberAndAString() {
    writer.begin().field(FieldName.ETAG, "\"a\"").field(FieldName.SERVER, "\u00ff");
    assertEquals("0000" + "5703226122" + "5f4d01ff", written());
  }

  @Test
  void field_unknown_isTwoStrings_inLowerCase() {
    writer.begin().field(FieldName.of("X-A"), "").field(FieldName.of("X-Abcdefgh"), "1");
    assertEquals("0000" + "23782d6100" + "2703782d61626364656667680131", written());
  }

  @Test
  void field_long_isWrittenWhole_andTheNextSectionBeginsAnew() {
    writer.begin().field(FieldName.ETAG, "e".repeat(5000));
    assertEquals("0000" + "57" + "7f8926" + "65".repeat(5000), written());
    writer.begin().field(FieldName.PSEUDO_STATUS, "204");
    assertEquals("0000" + "ff01", written());
  }
}
