package darban.media.mp4;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes boxes: {@link #open} begins one and {@link #close} puts its size in its place. Confined to
 * one thread.
 */
public final class BoxWriter {
  private static final int DEEPEST = 16;

  private byte[] bytes;
  private int length;
  private final int[] opened = new int[DEEPEST];
  private int depth;

  /** A writer of about {@code size} bytes. */
  public BoxWriter(int size) {
    this.bytes = new byte[Math.max(size, 16)];
  }

  /** Bytes written so far. */
  public int length() {
    return length;
  }

  private int grow(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
    int at = length;
    length += more;
    return at;
  }

  /** Begins a box. */
  public BoxWriter open(String type) {
    opened[depth++] = length;
    return u32(0).fourCc(type);
  }

  /** Begins a full box (ISO/IEC 14496-12 §4.2). */
  public BoxWriter open(String type, int version, int flags) {
    return open(type).u32(version << 24 | flags);
  }

  /** Ends the box begun last. */
  public BoxWriter close() {
    int start = opened[--depth];
    putU32(start, length - start);
    return this;
  }

  /** One byte. */
  public BoxWriter u8(int value) {
    int at = grow(1);
    bytes[at] = (byte) value;
    return this;
  }

  /** Two bytes. */
  public BoxWriter u16(int value) {
    return u8(value >> 8).u8(value);
  }

  /** Four bytes. */
  public BoxWriter u32(long value) {
    putU32(grow(4), value);
    return this;
  }

  /** Eight bytes. */
  public BoxWriter u64(long value) {
    return u32(value >>> 32).u32(value);
  }

  /** Four characters. */
  public BoxWriter fourCc(String type) {
    return bytes(type.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Text in UTF-8 with a zero byte behind it. */
  public BoxWriter text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8)).u8(0);
  }

  /** Zero bytes. */
  public BoxWriter zeros(int count) {
    grow(count);
    return this;
  }

  /** Bytes as they are. */
  public BoxWriter bytes(byte[] more) {
    int at = grow(more.length);
    System.arraycopy(more, 0, bytes, at, more.length);
    return this;
  }

  /** Bytes as they are. */
  public BoxWriter bytes(ByteBuffer more) {
    int at = grow(more.remaining());
    more.get(more.position(), bytes, at, more.remaining());
    return this;
  }

  /** Four bytes in place of those written at {@code at}. */
  public void putU32(int at, long value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  /** All that was written. */
  public ByteBuffer written() {
    return ByteBuffer.wrap(bytes, 0, length).slice().asReadOnlyBuffer();
  }
}
