package darban.protocol.h3;

import io.netty.buffer.ByteBuf;

/**
 * A number of one to eight bytes, the first two bits of which tell how many (RFC 9000 §16). Read
 * again and again, however its bytes come. Confined to one thread.
 */
final class VarInt {
  /** The most bytes that one takes. */
  static final int MOST = Long.BYTES;

  private static final int NONE = -1;

  private long value;
  private int missing = NONE;

  /** Reads on; true when the number is complete. */
  boolean read(ByteBuf in) {
    while (in.isReadable()) {
      int octet = in.readUnsignedByte();
      if (missing == NONE) {
        missing = (1 << (octet >>> 6)) - 1;
        value = octet & 0x3f;
      } else {
        value = value << 8 | octet;
        missing--;
      }
      if (missing == 0) {
        missing = NONE;
        return true;
      }
    }
    return false;
  }

  /** The number, once it is complete. */
  long value() {
    return value;
  }

  /** Whether some of its bytes are here and others are not. */
  boolean isBegun() {
    return missing != NONE;
  }

  /** How many bytes a number takes. */
  static int length(long number) {
    return number < 1 << 6 ? 1 : number < 1 << 14 ? 2 : number < 1 << 30 ? 4 : 8;
  }

  /** Writes a number in as few bytes as it takes. */
  static void write(ByteBuf to, long number) {
    if (number < 1 << 6) {
      to.writeByte((int) number);
    } else if (number < 1 << 14) {
      to.writeShort((int) number | 0x4000);
    } else if (number < 1 << 30) {
      to.writeInt((int) number | 0x8000_0000);
    } else {
      to.writeLong(number | 0xC000_0000_0000_0000L);
    }
  }
}
