package darban.media;

import java.nio.ByteBuffer;

/**
 * Reads bits, the high ones first, as the headers of codecs are written. Beyond the end it is
 * {@link MalformedMedia}. Confined to one thread.
 */
public final class Bits {
  private final ByteBuffer bytes;
  private final String what;
  private long at;

  private Bits(ByteBuffer bytes, String what) {
    this.bytes = bytes;
    this.what = what;
  }

  /** Over the remaining bytes of {@code bytes}, whose position stays; {@code what} they are. */
  public static Bits over(ByteBuffer bytes, String what) {
    return new Bits(bytes.slice(), what);
  }

  /** Bits left. */
  public long remaining() {
    return 8L * bytes.limit() - at;
  }

  /** One bit. */
  public boolean flag() {
    return read(1) == 1;
  }

  /** An unsigned number of at most 31 bits. */
  public int read(int count) {
    if (count > remaining()) {
      throw new MalformedMedia(what + ": ends too soon");
    }
    int value = 0;
    for (int i = 0; i < count; i++) {
      int bit = bytes.get((int) (at >> 3)) >> (7 - (at & 7)) & 1;
      value = value << 1 | bit;
      at++;
    }
    return value;
  }

  /** Passes over bits. */
  public Bits skip(int count) {
    if (count > remaining()) {
      throw new MalformedMedia(what + ": ends too soon");
    }
    at += count;
    return this;
  }

  /** An unsigned Exp-Golomb number (ISO/IEC 14496-10 §9.1). */
  public int unsignedGolomb() {
    int zeros = 0;
    while (!flag()) {
      if (++zeros > 30) {
        throw new MalformedMedia(what + ": has a number beyond all bounds");
      }
    }
    return (1 << zeros) - 1 + read(zeros);
  }

  /** A signed Exp-Golomb number (ISO/IEC 14496-10 §9.1.1). */
  public int signedGolomb() {
    int code = unsignedGolomb();
    return (code & 1) == 1 ? (code + 1) / 2 : -(code / 2);
  }
}
