package darban.media.ts;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a program is made of: its two tables (ISO/IEC 13818-1 §2.4.4), each in one packet.
 * Immutable, any thread.
 */
final class Tables {
  private static final int PROGRAM_PID = 0x1000;
  private static final int[] CRC = new int[256];

  static {
    for (int i = 0; i < 256; i++) {
      int value = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        value = value << 1 ^ (value < 0 ? 0x04c1_1db7 : 0);
      }
      CRC[i] = value;
    }
  }

  private final byte[] association;
  private final byte[] map;

  Tables(List<TsStream> streams, int clockPid) {
    ByteBuffer programs = ByteBuffer.allocate(Packets.SIZE);
    programs.putShort((short) 1).putShort((short) (0xe000 | PROGRAM_PID));
    association = packet(0, section(0, programs.flip()));
    ByteBuffer parts = ByteBuffer.allocate(Packets.SIZE);
    parts.putShort((short) (0xe000 | clockPid)).putShort((short) 0xf000);
    for (TsStream stream : streams) {
      parts.put((byte) stream.type).putShort((short) (0xe000 | stream.pid));
      parts.putShort((short) (0xf000 | stream.descriptors.length)).put(stream.descriptors);
    }
    map = packet(PROGRAM_PID, section(2, parts.flip()));
  }

  private static ByteBuffer section(int table, ByteBuffer content) {
    ByteBuffer section = ByteBuffer.allocate(Packets.SIZE - 5);
    section.put((byte) table).putShort((short) (0xb000 | (content.remaining() + 9)));
    section.putShort((short) 1).put((byte) 0xc1).putShort((short) 0).put(content);
    return section.putInt(checksum(section.slice(0, section.position()))).flip();
  }

  /** What stands behind a section (CRC_32, annex A). */
  static int checksum(ByteBuffer section) {
    int crc = -1;
    for (int i = 0; i < section.limit(); i++) {
      crc = crc << 8 ^ CRC[(crc >>> 24 ^ section.get(i)) & 0xff];
    }
    return crc;
  }

  private static byte[] packet(int pid, ByteBuffer section) {
    ByteBuffer packet = ByteBuffer.allocate(Packets.SIZE);
    packet.put((byte) 0x47).put((byte) (0x40 | pid >> 8)).put((byte) pid).put((byte) 0x10);
    packet.put((byte) 0).put(section);
    while (packet.hasRemaining()) {
      packet.put((byte) 0xff);
    }
    return packet.array();
  }

  /** Puts both tables; they are put once in a segment, so its number counts them. */
  void put(int segment, ByteBuffer out) {
    int at = out.position();
    out.put(association).put(map);
    out.put(at + 3, (byte) (0x10 | (segment & 0xf)));
    out.put(at + Packets.SIZE + 3, (byte) (0x10 | (segment & 0xf)));
  }
}
