package darban.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Limits;
import darban.http.FieldName;
import darban.testkit.Shown;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkDecoderTest {
  /** Feeds as a connection does; returns how much of {@code bytes} belongs to the body. */
  static int feed(ChunkDecoder decoder, byte[] bytes, int from, int to, StringBuilder data)
      throws Failure {
    int at = from;
    while (at < to && !decoder.ended()) {
      if (decoder.dataLeft() > 0) {
        int n = (int) Math.min(decoder.dataLeft(), to - at);
        decoder.taken(n);
        for (int end = at + n; at < end; at++) {
          data.append((char) (bytes[at] & 0xff));
        }
      } else {
        decoder.accept(bytes[at++]);
      }
    }
    return at;
  }

  private static final String REST = "GET / HTTP/1.1\r\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          0⏎⏎|
          5⏎hello⏎0⏎⏎|hello
          1⏎a⏎2⏎bc⏎0⏎⏎|abc
          00005⏎hello⏎000⏎⏎|hello
          A⏎0123456789⏎0⏎⏎|0123456789
          a⏎0123456789⏎0⏎⏎|0123456789
          5;x⏎hello⏎0;y=z⏎⏎|hello
          5 ; x="a;b"⏎hello⏎0⏎⏎|hello
          5  ⏎hello⏎0⇥⏎⏎|hello
          5;ä⇥⏎hello⏎0⏎⏎|hello
          2⏎⏎⏎0⏎⏎|⏎
          5⏎hello⏎0⏎Digest: x⏎⏎|hello
          """)
  void body_everySplitPoint_decodedAlike(String shown, String data) throws Exception {
    byte[] bytes = HeadParserTest.bytes(Shown.raw(shown) + REST);
    String expected = data == null ? "" : Shown.raw(data);
    for (int split = 0; split <= bytes.length; split++) {
      ChunkDecoder decoder = ChunkDecoder.ofRequest(Limits.DEFAULT);
      StringBuilder decoded = new StringBuilder();
      int at = feed(decoder, bytes, 0, split, decoded);
      at = feed(decoder, bytes, at, bytes.length, decoded);
      assertTrue(decoder.ended());
      assertEquals(bytes.length - REST.length(), at);
      assertEquals(expected, decoded.toString());
      assertEquals(shown.contains("Digest") ? 1 : 0, decoder.trailers().size());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          ⏎
          ;x⏎
           5⏎hello⏎
          g⏎
          0x5⏎
          -1⏎
          +5⏎
          5_0⏎
          5.⏎
          ٥⏎
          5↵hello
          5←hello
          5⏎hello↵0⏎⏎
          5⏎hello0⏎⏎
          5⏎helloworld⏎0⏎⏎
          5⏎hello←0⏎⏎
          5⏎hello⏎⏎
          5 5⏎
          5 x⏎
          5;x↵hello
          5;x←y⏎
          5;x␀⏎
          5;x␡⏎
          5"x"⏎
          fffffffffffffffff⏎
          10000000000000000⏎
          7fffffffffffffff⏎
          0000000000000005⏎
          0⏎↵
          0↵↵
          0⏎X: a↵⏎
          0⏎X⏎⏎
          0⏎ X: a⏎⏎
          0⏎X : a⏎⏎
          0⏎X: a⏎ b⏎⏎
          0⏎X: a␀⏎⏎
          0⏎Xä: a⏎⏎
          """)
  void body_malformed_refusedInBothDirections(String shown) {
    byte[] bytes = HeadParserTest.bytes(Shown.raw(shown));
    ChunkDecoder request = ChunkDecoder.ofRequest(Limits.DEFAULT);
    Failure refused =
        assertThrows(
            Failure.class, () -> feed(request, bytes, 0, bytes.length, new StringBuilder()));
    assertEquals(400, refused.kind().status());
    boolean forgiven = shown.contains("X : a"); // RFC 9112 §5.1: removed from responses
    ChunkDecoder response = ChunkDecoder.ofResponse(Limits.DEFAULT);
    if (!forgiven) {
      Failure bad =
          assertThrows(
              Failure.class, () -> feed(response, bytes, 0, bytes.length, new StringBuilder()));
      assertEquals(502, bad.kind().status());
    }
  }

  @Test
  void size_greatest_isRead() throws Exception {
    ChunkDecoder decoder = ChunkDecoder.ofRequest(Limits.DEFAULT);
    byte[] line = HeadParserTest.bytes("fffffffffffffff\r\n");
    feed(decoder, line, 0, line.length, new StringBuilder());
    assertEquals(0xfffffffffffffffL, decoder.dataLeft());
  }

  @Test
  void limits_lineAndTrailers_atTheBoundAndBeyond() throws Exception {
    // The bound counts the line without its last LF.
    String line = "5;" + "x".repeat(Limits.DEFAULT.chunkLine() - 3);
    accepts(line + "\r\nhello\r\n0\r\n\r\n");
    refuses(line + "x\r\nhello", "CHUNK_LINE_LENGTH");
    refuses("0;" + "x".repeat(300), "CHUNK_LINE_LENGTH");
    refuses("5" + " ".repeat(300), "CHUNK_LINE_LENGTH");
    String trailer = "X: " + "y".repeat(Limits.DEFAULT.trailers() - 7);
    accepts("0\r\n" + trailer + "\r\n\r\n");
    refuses("0\r\n" + trailer + "y\r\n\r\n", "TRAILER_LENGTH");
    refuses("0\r\n" + "x".repeat(10_000), "TRAILER_LENGTH");
    refuses("0\r\n" + "X: y\r\n".repeat(129) + "\r\n", "FIELD_COUNT");
  }

  private static void accepts(String text) throws Failure {
    ChunkDecoder decoder = ChunkDecoder.ofRequest(Limits.DEFAULT);
    feed(decoder, HeadParserTest.bytes(text), 0, text.length(), new StringBuilder());
    assertTrue(decoder.ended());
  }

  private static void refuses(String text, String violation) {
    ChunkDecoder decoder = ChunkDecoder.ofRequest(Limits.DEFAULT);
    Failure refused =
        assertThrows(
            Failure.class,
            () -> feed(decoder, HeadParserTest.bytes(text), 0, text.length(), new StringBuilder()));
    assertTrue(refused.detail().startsWith(violation + ","), refused.getMessage());
  }

  @Test
  void trailers_forbidden_dropped() throws Exception {
    ChunkDecoder decoder = ChunkDecoder.ofResponse(Limits.DEFAULT);
    String text = "0\r\nContent-Length: 7\r\nETag: \"x\"\r\nTransfer-Encoding: y\r\n\r\n";
    feed(decoder, HeadParserTest.bytes(text), 0, text.length(), new StringBuilder());
    assertEquals(List.of("\"x\""), decoder.trailers().all(FieldName.ETAG));
    assertEquals(1, decoder.trailers().size());
  }

  @Test
  void accept_afterTheEnd_isTheOwnersBug() throws Exception {
    ChunkDecoder decoder = ChunkDecoder.ofRequest(Limits.DEFAULT);
    feed(decoder, HeadParserTest.bytes("0\r\n\r\n"), 0, 5, new StringBuilder());
    assertThrows(IllegalStateException.class, () -> decoder.accept((byte) 'x'));
  }
}
