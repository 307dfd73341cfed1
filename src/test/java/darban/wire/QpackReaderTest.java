package darban.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.base.Failure;
import darban.base.Limits;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.http.Version;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections as RFC 9204 has them; those of Netty's encoder are read in Http3Test. */
class QpackReaderTest {
  private final QpackReader reader = new QpackReader();

  private void read(String hex, FieldBlock lines) {
    byte[] section = HexFormat.of().parseHex(hex.replace(" ", ""));
    reader.read(section, 0, section.length, lines);
  }

  @Test
  void request_ofTheStaticTable() {
    FieldBlock lines = FieldBlock.ofRequest(Limits.DEFAULT);
    // GET, https, /index.html (RFC 9204, appendix B.1), a.example, and a field by two strings.
    read("0000 d1 d7 510b 2f696e6465782e68746d6c 5009 612e6578616d706c65 23782d61 0162", lines);
    RequestHead head = lines.request(Version.HTTP_3);
    assertEquals("GET", head.method().toString());
    assertEquals("/index.html", head.target().path());
    assertEquals(Fields.of("x-a", "b", "Host", "a.example"), head.fields());
  }

  @Test
  void huffman_inNameAndValue() {
    FieldBlock lines = FieldBlock.ofResponse(Limits.OF_ORIGIN);
    // custom-key: custom-value, the texts of RFC 7541, appendix C.4.3.
    read("0000 2f01 25a849e95ba97d7f 89 25a849e95bb8e8b4bf", lines);
    assertEquals(Fields.of("custom-key", "custom-value"), lines.trailers());
  }

  /** What our own writer writes, which other clients read. */
  @Test
  void sections_ofTheWriter_areReadBack() {
    long seed = Long.getLong("darban.seed", System.nanoTime());
    Random random = new Random(seed);
    String[] names = {"accept", "etag", "x-one", "x-another-one", "set-cookie", "vary", "a"};
    QpackWriter writer = new QpackWriter();
    for (int round = 0; round < 1_000; round++) {
      Fields.Builder expected = Fields.builder(8);
      for (int i = random.nextInt(12); i > 0; i--) {
        String value = "v".repeat(random.nextInt(random.nextInt(20) == 0 ? 3_000 : 40));
        expected.add(FieldName.of(names[random.nextInt(names.length)]), value);
      }
      SectionWriter section = writer.begin().field(FieldName.PSEUDO_STATUS, "200");
      section.fields(expected.build());
      FieldBlock lines = FieldBlock.ofResponse(Limits.OF_ORIGIN);
      reader.read(section.bytes(), 0, section.length(), lines);
      assertEquals(expected.build(), lines.response().fields(), "seed " + seed);
    }
  }

  /** Each line of the static table, as the writer names it. */
  @Test
  void table_isTheStandards() {
    assertEquals(99, QpackWriter.TABLE.lines());
    assertEquals(":authority", line(0).name());
    assertEquals(":method CONNECT", text(15));
    assertEquals("accept-encoding gzip, deflate, br", text(31));
    assertEquals("range bytes=0-", text(55));
    assertEquals("vary accept-encoding", text(59));
    assertEquals("access-control-request-method post", text(82));
    assertEquals("x-frame-options sameorigin", text(98));
  }

  private static FieldLine line(int number) {
    return java.util.Objects.requireNonNull(QpackWriter.TABLE.line(number + 1));
  }

  private static String text(int number) {
    return line(number).name() + " " + line(number).value();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // no prefix
        "00", // half a prefix
        "0200", // an entry of the dynamic table is required
        "0080", // a base below 0
        "0000 80", // a line of the dynamic table
        "0000 40 00", // a name of it
        "0000 10", // a line behind the base
        "0000 00 00", // a name there
        "0000 ff24", // line 99
        "0000 5f54 00", // the name of line 99
        "0000 ffffffffff0f", // a number beyond 28 bits
        "0000 ff", // a number cut short
        "0000 51", // no value
        "0000 51 02 61", // a value cut short
        "0000 24 61", // a name cut short
        "0000 51 82 ffff", // no Huffman code
      })
  void section_malformed_isRefused(String hex) {
    FieldBlock lines = FieldBlock.ofRequest(Limits.DEFAULT);
    assertThrows(Failure.class, () -> read(hex, lines), hex);
  }
}
