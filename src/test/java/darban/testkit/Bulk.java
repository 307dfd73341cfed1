package darban.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Bytes without end that no two places share: noise, stamped with its place every few kilobytes, so
 * that a piece lost, doubled or moved changes the sum. Static, any thread.
 */
final class Bulk {
  private static final int STAMP = 4096;
  private static final int PIECE = 256 * 1024;
  private static final byte[] NOISE = noise();

  private Bulk() {}

  private static byte[] noise() {
    byte[] noise = new byte[PIECE];
    new Random(7).nextBytes(noise);
    return noise;
  }

  /** Takes the bytes from {@code position} on, in pieces that are used before the next is made. */
  interface Taker {
    void take(byte[] piece, int length) throws IOException;
  }

  /** Hands the first {@code length} bytes out. */
  static void generate(long length, Taker taker) throws IOException {
    byte[] piece = NOISE.clone();
    ByteBuffer stamps = ByteBuffer.wrap(piece);
    for (long position = 0; position < length; position += PIECE) {
      for (int at = 0; at < PIECE; at += STAMP) {
        stamps.putLong(at, position + at);
      }
      taker.take(piece, (int) Math.min(PIECE, length - position));
    }
  }

  /** Writes the first {@code length} bytes. */
  static void write(long length, OutputStream out) throws IOException {
    generate(length, (piece, n) -> out.write(piece, 0, n));
  }

  /** The sum of the first {@code length} bytes. */
  static long sum(long length) {
    CRC32C sum = new CRC32C();
    try {
      generate(length, (piece, n) -> sum.update(piece, 0, n));
    } catch (IOException nothingIsWritten) {
      throw new AssertionError(nothingIsWritten);
    }
    return sum.getValue();
  }

  /**
   * What was read of a stream.
   *
   * @param length bytes
   * @param sum over them
   */
  record Seen(long length, long sum) {
    @Override
    public String toString() {
      return length + " " + Long.toHexString(sum);
    }
  }

  /** What {@code length} right bytes are. */
  static Seen right(long length) {
    return new Seen(length, sum(length));
  }

  /** Reads to the end, or {@code most} bytes. */
  static Seen read(InputStream in, long most) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] piece = new byte[PIECE];
    long left = most;
    while (left > 0) {
      int n = in.read(piece, 0, (int) Math.min(PIECE, left));
      if (n < 0) {
        break;
      }
      sum.update(piece, 0, n);
      left -= n;
    }
    return new Seen(most - left, sum.getValue());
  }
}
