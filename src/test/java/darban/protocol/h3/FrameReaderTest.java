package darban.protocol.h3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames are written as they are in hexadecimal: type, length, payload. */
class FrameReaderTest {
  /** Notes what it is told, pieces of one frame joined. */
  private static final class Notes implements FrameReader.Frames {
    private final List<String> all = new ArrayList<>();
    private final StringBuilder pieces = new StringBuilder();
    private int stopAfter = Integer.MAX_VALUE;

    @Override
    public FrameReader.Payload begins(long type, long length) {
      all.add("begins " + type + " " + length);
      return type == FrameType.DATA
          ? FrameReader.Payload.PASSED_ON
          : type == 0x21 ? FrameReader.Payload.LEFT_OUT : FrameReader.Payload.KEPT;
    }

    @Override
    public void whole(long type, byte[] payload, int length) {
      all.add("whole " + type + " " + HexFormat.of().formatHex(payload, 0, length));
    }

    @Override
    public void piece(ByteBuf piece) {
      pieces.append(ByteBufUtil.hexDump(piece));
    }

    @Override
    public boolean hasEnded() {
      return all.size() >= stopAfter;
    }
  }

  private static final byte[] EVERYTHING =
      bytes(
          "01 03 0000d1" // a head
              + "00 05 0102030405"
              + "00 00" // no data
              + "21 02 ffff" // what nobody knows
              + "c000000000000001 4003 0000d9" // numbers longer than they need be
              + "00 80000002 0607"
              + "04 00"
              + "800f0700 01 09");

  private static final List<String> MEANING =
      List.of(
          "begins 1 3",
          "whole 1 0000d1",
          "begins 0 5",
          "begins 0 0",
          "begins 33 2",
          "begins 1 3",
          "whole 1 0000d9",
          "begins 0 2",
          "begins 4 0",
          "whole 4 ",
          "begins 984832 1",
          "whole 984832 09");

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  /** What {@code bytes} mean when they come in pieces that end at the places given. */
  private static Notes read(byte[] bytes, int... ends) throws Http3Fault {
    Notes notes = new Notes();
    FrameReader reader = new FrameReader(new byte[16], notes);
    int at = 0;
    for (int end : ends) {
      reader.read(Unpooled.wrappedBuffer(bytes, at, end - at));
      at = end;
    }
    reader.read(Unpooled.wrappedBuffer(bytes, at, bytes.length - at));
    reader.end();
    return notes;
  }

  @Test
  void frames_splitAnywhere_meanTheSame() throws Exception {
    for (int first = 0; first <= EVERYTHING.length; first++) {
      for (int second = first; second <= EVERYTHING.length; second++) {
        Notes notes = read(EVERYTHING, first, second);
        assertEquals(MEANING, notes.all, first + " " + second);
        assertEquals("01020304050607", notes.pieces.toString());
      }
    }
  }

  @Test
  void frames_byteByByte_meanTheSame() throws Exception {
    int[] ends = new int[EVERYTHING.length];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = i + 1;
    }
    assertEquals(MEANING, read(EVERYTHING, ends).all);
  }

  /** Larger than the memory for one call, in one piece and in two. */
  @Test
  void frame_large_isKeptWhole() throws Exception {
    String payload = "ab".repeat(1000);
    byte[] frame = bytes("01 43e8" + payload);
    assertEquals(List.of("begins 1 1000", "whole 1 " + payload), read(frame).all);
    assertEquals(List.of("begins 1 1000", "whole 1 " + payload), read(frame, 500).all);
  }

  @Test
  void frames_afterTheEnd_areNotRead() throws Exception {
    Notes notes = new Notes();
    notes.stopAfter = 3;
    ByteBuf in = Unpooled.wrappedBuffer(EVERYTHING);
    new FrameReader(new byte[16], notes).read(in);
    assertEquals(MEANING.subList(0, 3), notes.all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"01", "c0", "0140", "0103 0000", "0003 01", "2101"})
  void frame_cutShort_isAFault(String hex) {
    Http3Fault fault = assertThrows(Http3Fault.class, () -> read(bytes(hex)));
    assertEquals(Http3Error.FRAME_ERROR, fault.error());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 63, 64, 16_383, 16_384, 1_073_741_823, 1_073_741_824, (1L << 62) - 1})
  void number_isReadAsItWasWritten(long number) {
    ByteBuf bytes = Unpooled.buffer();
    VarInt.write(bytes, number);
    assertEquals(VarInt.length(number), bytes.readableBytes());
    VarInt read = new VarInt();
    assertEquals(true, read.read(bytes));
    assertEquals(number, read.value());
    assertEquals(false, read.isBegun());
  }
}
