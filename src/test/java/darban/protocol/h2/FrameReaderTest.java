package darban.protocol.h2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames are written as they are in hexadecimal: length, type, flags, stream, payload. */
class FrameReaderTest {
  private static final String PREFACE = HexFormat.of().formatHex(FrameReader.PREFACE);
  private static final String SETTINGS = "000000 04 00 00000000";

  /** Notes what it is told, pieces of one body joined. */
  private static final class Notes implements FrameReader.Frames {
    private final List<String> all = new ArrayList<>();
    private StringBuilder body = new StringBuilder();
    private int stopAfter = Integer.MAX_VALUE;

    @Override
    public void begins(int type, int flags, int id, int length) {
      all.add("begins " + type + " " + flags + " " + id + " " + length);
    }

    @Override
    public boolean hasEnded() {
      return all.size() >= stopAfter;
    }

    @Override
    public void data(int id, int length, boolean end) {
      body = new StringBuilder();
    }

    @Override
    public void dataPiece(ByteBuf piece) {
      body.append(io.netty.buffer.ByteBufUtil.hexDump(piece));
    }

    @Override
    public void dataEnd(int useless, boolean end) {
      all.add("data " + body + " " + useless + " " + end);
    }

    @Override
    public void head(int id, byte[] section, int from, int to, boolean end) {
      all.add("head " + id + " " + HexFormat.of().formatHex(section, from, to) + " " + end);
    }

    @Override
    public void reset(int id, long error) {
      all.add("reset " + id + " " + error);
    }

    @Override
    public void settings(byte[] payload, int length) {
      all.add("settings " + HexFormat.of().formatHex(payload, 0, length));
    }

    @Override
    public void ping(byte[] payload) {
      all.add("ping " + HexFormat.of().formatHex(payload, 0, 8));
    }

    @Override
    public void goAway(int last, long error) {
      all.add("goaway " + last + " " + error);
    }

    @Override
    public void windowUpdate(int id, int more) {
      all.add("window " + id + " " + more);
    }

    @Override
    public void wrongSize(int id) {
      all.add("wrong size " + id);
    }
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
  }

  private static FrameReader reader(boolean serving, Notes notes) {
    return new FrameReader(serving, new byte[FrameReader.MOST], 100, notes);
  }

  /** What {@code bytes} mean when they come in pieces that end at the places given. */
  private static List<String> read(byte[] bytes, int... ends) throws Http2Fault {
    Notes notes = new Notes();
    FrameReader reader = reader(true, notes);
    int at = 0;
    for (int end : ends) {
      reader.read(Unpooled.wrappedBuffer(bytes, at, end - at));
      at = end;
    }
    reader.read(Unpooled.wrappedBuffer(bytes, at, bytes.length - at));
    return notes.all;
  }

  private static final byte[] EVERYTHING =
      bytes(
          PREFACE
              + "000006 04 00 00000000 000100001000"
              + "000000 04 01 00000000" // an answer to ours
              + "000003 01 05 00000001 828487" // a head that ends its stream
              + "000009 01 28 80000003 01 80000000ff 82 84 00" // padded, with a priority
              + "000002 09 00 00000003 8687"
              + "000000 09 04 00000003"
              + "000003 00 00 00000003 010203"
              + "000006 00 08 00000003 02 0405060000" // of which two are padding
              + "000001 00 08 00000003 00"
              + "000000 00 01 00000003"
              + "000005 02 00 00000005 0000000007"
              + "000004 02 00 00000005 00000000"
              + "000004 03 00 00000003 fffffffe"
              + "000008 06 00 00000000 0102030405060708"
              + "000008 06 01 00000000 0102030405060708"
              + "00000a 07 00 00000000 8000000700000002 6869"
              + "000004 08 00 00000000 80000005"
              + "000003 ee ff 00000009 010203");

  private static final List<String> MEANING =
      List.of(
          "begins 4 0 0 6",
          "settings 000100001000",
          "begins 4 1 0 0",
          "begins 1 5 1 3",
          "head 1 828487 true",
          "begins 1 40 3 9",
          "begins 9 0 3 2",
          "begins 9 4 3 0",
          "head 3 82848687 false",
          "begins 0 0 3 3",
          "data 010203 0 false",
          "begins 0 8 3 6",
          "data 040506 3 false",
          "begins 0 8 3 1",
          "data  1 false",
          "begins 0 1 3 0",
          "data  0 true",
          "begins 2 0 5 5",
          "begins 2 0 5 4",
          "wrong size 5",
          "begins 3 0 3 4",
          "reset 3 4294967294",
          "begins 6 0 0 8",
          "ping 0102030405060708",
          "begins 6 1 0 8",
          "begins 7 0 0 10",
          "goaway 7 2",
          "begins 8 0 0 4",
          "window 0 5",
          "begins 238 255 9 3");

  @Test
  void frames_howeverTheyCome_meanTheSame() throws Exception {
    assertEquals(MEANING, read(EVERYTHING));
    for (int first = 0; first <= EVERYTHING.length; first++) {
      assertEquals(MEANING, read(EVERYTHING, first), "split at " + first);
    }
    for (int first = 24; first < 160; first++) {
      assertEquals(MEANING, read(EVERYTHING, first, first + 1), "a byte at " + first);
    }
    int[] everywhere = java.util.stream.IntStream.range(1, EVERYTHING.length).toArray();
    assertEquals(MEANING, read(EVERYTHING, everywhere));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          004001 00 00 00000001, FRAME_SIZE_ERROR
          000000 00 00 00000000, PROTOCOL_ERROR
          000000 00 08 00000001, FRAME_SIZE_ERROR
          000002 00 08 00000001 0200, PROTOCOL_ERROR
          000000 01 04 00000000, PROTOCOL_ERROR
          000000 01 0c 00000001, FRAME_SIZE_ERROR
          000004 01 24 00000001 00000000, FRAME_SIZE_ERROR
          000002 01 0c 00000001 0282, PROTOCOL_ERROR
          000000 01 00 00000001 000000 00 00 00000001, PROTOCOL_ERROR
          000000 01 00 00000001 000000 09 04 00000003, PROTOCOL_ERROR
          000000 01 00 00000001 000000 ee 00 00000001, PROTOCOL_ERROR
          000000 01 04 00000001 000000 09 04 00000001, PROTOCOL_ERROR
          000005 02 00 00000000 0000000000, PROTOCOL_ERROR
          000004 03 00 00000000 00000000, PROTOCOL_ERROR
          000003 03 00 00000001 000000, FRAME_SIZE_ERROR
          000000 04 00 00000001, PROTOCOL_ERROR
          000005 04 00 00000000 0000000000, FRAME_SIZE_ERROR
          000006 04 01 00000000 000000000000, FRAME_SIZE_ERROR
          000004 05 04 00000001 00000002, PROTOCOL_ERROR
          000008 06 00 00000001 0000000000000000, PROTOCOL_ERROR
          000007 06 00 00000000 00000000000000, FRAME_SIZE_ERROR
          000008 07 00 00000001 0000000000000000, PROTOCOL_ERROR
          000007 07 00 00000000 00000000000000, FRAME_SIZE_ERROR
          000003 08 00 00000000 000000, FRAME_SIZE_ERROR
          """)
  void frame_ofAWrongForm_endsTheConnection(String frames, Http2Error error) {
    byte[] all = bytes(PREFACE + SETTINGS + frames);
    assertEquals(error, assertThrows(Http2Fault.class, () -> read(all)).error());
  }

  @ParameterizedTest
  @CsvSource({
    "474554202f20485454502f312e310d0a", // GET / HTTP/1.1
    "505249202a20485454502f322e300d0a0d0a534d0d0a0d0b",
    "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a 000000 04 01 00000000",
    "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a 000008 06 00 00000000 0000000000000000",
  })
  void beginning_whichIsNotOne_endsTheConnection(String beginning) {
    Http2Fault fault = assertThrows(Http2Fault.class, () -> read(bytes(beginning)));
    assertEquals(Http2Error.PROTOCOL_ERROR, fault.error());
  }

  @Test
  void head_largerThanAllowed_endsTheConnection_evenInPieces() {
    String part = "000033 09 00 00000001 " + "82".repeat(0x33);
    byte[] all = bytes(PREFACE + SETTINGS + "000000 01 00 00000001" + part + part);
    assertEquals("head too large", assertThrows(Http2Fault.class, () -> read(all)).getMessage());
  }

  /** What an origin sends begins without a preface; nothing is read once the connection is over. */
  @Test
  void reading_stopsAtTheEnd() throws Exception {
    Notes notes = new Notes();
    notes.stopAfter = 3;
    ByteBuf in = Unpooled.wrappedBuffer(bytes(SETTINGS + SETTINGS + SETTINGS + SETTINGS));
    reader(false, notes).read(in);
    assertEquals(List.of("begins 4 0 0 0", "settings ", "begins 4 0 0 0"), notes.all);
    assertEquals(18, in.readableBytes());
  }
}
