package darban.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.base.Failure;
import darban.base.Limits;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.http.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HpackReaderTest {
  private final HpackReader reader = new HpackReader();
  private final HpackTable table = new HpackTable();

  private Fields trailers(byte[] section) {
    FieldBlock lines = FieldBlock.ofResponse(Limits.OF_ORIGIN);
    reader.read(table, section, 0, section.length, lines);
    return lines.trailers();
  }

  private String request(String hex) {
    byte[] section = HexFormat.of().parseHex(hex.replace(" ", ""));
    FieldBlock lines = FieldBlock.ofRequest(Limits.DEFAULT);
    reader.read(table, section, 0, section.length, lines);
    RequestHead head = lines.request(Version.HTTP_2);
    return "%s %s://%s%s %s"
        .formatted(
            head.method(),
            head.target().scheme(),
            head.target().authority(),
            head.target().path(),
            head.fields());
  }

  /** The examples of RFC 7541, appendixes C.3 and C.4: three requests of one connection. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d, 8286 84be 5808 6e6f 2d63 6163 6865, 8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65
          8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff, 8286 84be 5886 a8eb 1064 9cbf, 8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf
          """)
  void requests_ofTheStandard(String first, String second, String third) {
    assertEquals(
        "GET http://www.example.com/ " + Fields.of("Host", "www.example.com"), request(first));
    assertEquals(
        "GET http://www.example.com/ "
            + Fields.of("Cache-Control", "no-cache", "Host", "www.example.com"),
        request(second));
    assertEquals(
        "GET https://www.example.com/index.html "
            + Fields.of("custom-key", "custom-value", "Host", "www.example.com"),
        request(third));
  }

  private static String text(Random random, int most) {
    StringBuilder all = new StringBuilder();
    for (int i = random.nextInt(most); i > 0; i--) {
      all.append((char) (0x21 + random.nextInt(random.nextInt(8) == 0 ? 0xde : 0x5d)));
    }
    return all.toString().replace((char) 0x7f, '?');
  }

  /** What another encoder writes with its dynamic table and its Huffman code. */
  @Test
  void sections_ofAnotherEncoder_areReadRight() throws Exception {
    long seed = Long.getLong("darban.seed", System.nanoTime());
    Random random = new Random(seed);
    DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    String[] names = {"accept", "etag", "x-one", "x-another-one", "set-cookie", "vary", "a"};
    for (int round = 0; round < 2_000; round++) {
      Fields.Builder expected = Fields.builder(8);
      Http2Headers headers = new DefaultHttp2Headers().status("200");
      for (int i = random.nextInt(12); i > 0; i--) {
        String name = names[random.nextInt(names.length)];
        String value = text(random, random.nextInt(20) == 0 ? 3_000 : 40);
        headers.add(name, value);
      }
      // It keeps the lines of one name together.
      for (Map.Entry<CharSequence, CharSequence> line : headers) {
        if (line.getKey().charAt(0) != ':') {
          expected.add(FieldName.of(line.getKey().toString()), line.getValue().toString());
        }
      }
      ByteBuf section = Unpooled.buffer();
      encoder.encodeHeaders(3, headers, section);
      byte[] bytes = ByteBufUtil.getBytes(section);
      FieldBlock lines = FieldBlock.ofResponse(Limits.OF_ORIGIN);
      reader.read(table, bytes, 0, bytes.length, lines);
      assertEquals(expected.build(), lines.response().fields(), "seed " + seed);
      if (random.nextInt(100) == 0) {
        encoder.configuration().maxHeaderTableSize(random.nextInt(4_097));
      }
    }
  }

  @Test
  void huffman_everyOctet_isReadBack() throws Exception {
    StringBuilder all = new StringBuilder();
    for (int octet = 0; octet < 256; octet++) {
      all.append((char) octet).append((char) octet);
    }
    DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
    headers.add("x", all.toString());
    ByteBuf section = Unpooled.buffer();
    new DefaultHttp2HeadersEncoder((name, value) -> false, false, 16, 0)
        .encodeHeaders(3, headers, section);
    byte[] bytes = ByteBufUtil.getBytes(section);
    reader.read(table, bytes, 0, bytes.length, FieldBlock.ofResponse(Limits.OF_ORIGIN));
    assertEquals(all.toString(), Objects.requireNonNull(table.line(1)).value());
  }

  /** Padding of eight bits or more, or not of ones; the end-of-string symbol (RFC 7541 §5.2). */
  @ParameterizedTest
  @ValueSource(strings = {"ff", "1fff", "18", "ffffffff", "fffffffc", "1cffffffff"})
  void huffman_noSuchCode_isRefused(String hex) {
    byte[] code = HexFormat.of().parseHex(hex);
    assertEquals(-1, Huffman.decode(code, 0, code.length, new byte[64]));
  }

  @Test
  void huffman_nothing_isNothing() {
    assertEquals(0, Huffman.decode(new byte[0], 0, 0, new byte[0]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80", // line 0
        "be", // a line that nobody told
        "ffffffffff0f", // a number beyond 28 bits
        "ff", // a number cut short
        "00", // no name
        "0001", // a name cut short
        "000161", // no value
        "00016105", // a value cut short
        "000182ff", // a name in no Huffman code
        "3fe21f", // a table of 4097 bytes
        "8220", // a table resized within a section
        "7e", // the name of a line that nobody told
      })
  void section_malformed_isRefused(String hex) {
    byte[] section = HexFormat.of().parseHex(hex);
    FieldBlock lines = FieldBlock.ofRequest(Limits.DEFAULT);
    assertThrows(Failure.class, () -> reader.read(table, section, 0, section.length, lines), hex);
  }

  /** Whatever a section says, it is read to its end, as those behind it refer to it. */
  @Test
  void section_refused_isReadToItsEnd() {
    byte[] bad = HexFormat.of().parseHex("000158" + "0179" + "40017a0176");
    FieldBlock lines = FieldBlock.ofResponse(Limits.OF_ORIGIN);
    reader.read(table, bad, 0, bad.length, lines);
    assertThrows(Failure.class, lines::trailers);
    assertEquals(Fields.of("z", "v"), trailers(new byte[] {(byte) 0xbe}));
  }

  @Test
  void table_full_forgetsTheOldest() {
    for (int i = 0; i < 200; i++) {
      table.add(new FieldLine("name", String.valueOf(1000 + i))); // 40 bytes each
    }
    int most = 4096 / 40;
    assertEquals("1199", Objects.requireNonNull(table.line(1)).value());
    String oldest = Objects.requireNonNull(table.line(most)).value();
    assertEquals(String.valueOf(1200 - most), oldest);
    assertNull(table.line(most + 1));
    table.resize(80);
    assertNull(table.line(3));
    assertEquals("1198", Objects.requireNonNull(table.line(2)).value());
    table.add(new FieldLine("name", "v".repeat(100)));
    assertNull(table.line(1));
  }
}
