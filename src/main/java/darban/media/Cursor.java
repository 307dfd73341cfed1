package darban.media;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Reads numbers and texts from bytes, never beyond their end: what is missing is {@link
 * MalformedMedia} in the name of the thing that is read. Numbers are big-endian unless they say
 * otherwise. Confined to one thread.
 */
public final class Cursor {
  private final ByteBuffer bytes;
  private final long origin;
  private final String what;

  private Cursor(ByteBuffer bytes, long origin, String what) {
    this.bytes = bytes;
    this.origin = origin;
    this.what = what;
  }

  /** Over the remaining bytes of {@code bytes}, whose position stays; {@code what} they are. */
  public static Cursor over(ByteBuffer bytes, String what) {
    return of(bytes, 0, what);
  }

  /** Over all of {@code bytes}. */
  public static Cursor over(byte[] bytes, String what) {
    return over(ByteBuffer.wrap(bytes), what);
  }

  /** As {@link #over(ByteBuffer, String)}, of bytes that begin at {@code origin} in their file. */
  public static Cursor of(ByteBuffer bytes, long origin, String what) {
    return new Cursor(bytes.slice(), origin, what);
  }

  /** What is read. */
  public String what() {
    return what;
  }

  /** A failure in the name of what is read. */
  public MalformedMedia malformed(String why) {
    return new MalformedMedia(what + ": " + why);
  }

  /** Bytes left. */
  public int remaining() {
    return bytes.remaining();
  }

  /** Whether bytes are left. */
  public boolean hasMore() {
    return bytes.hasRemaining();
  }

  /** Bytes read so far. */
  public int position() {
    return bytes.position();
  }

  /** Where in the file the next byte is. */
  public long offset() {
    return origin + bytes.position();
  }

  /** Goes to a place. */
  public void position(int at) {
    if (at < 0 || at > bytes.limit()) {
      throw malformed("points beyond its end");
    }
    bytes.position(at);
  }

  private void need(long count) {
    if (count < 0 || count > bytes.remaining()) {
      throw malformed("ends too soon");
    }
  }

  /** Passes over bytes. */
  public Cursor skip(long count) {
    need(count);
    bytes.position(bytes.position() + (int) count);
    return this;
  }

  /** An unsigned byte. */
  public int u8() {
    need(1);
    return bytes.get() & 0xff;
  }

  /** The next byte, which stays; -1 at the end. */
  public int peek() {
    return bytes.hasRemaining() ? bytes.get(bytes.position()) & 0xff : -1;
  }

  /** Two bytes, unsigned. */
  public int u16() {
    need(2);
    return bytes.getShort() & 0xffff;
  }

  /** Three bytes, unsigned. */
  public int u24() {
    need(3);
    return (bytes.getShort() & 0xffff) << 8 | (bytes.get() & 0xff);
  }

  /** Four bytes, signed. */
  public int i32() {
    need(4);
    return bytes.getInt();
  }

  /** Four bytes, unsigned. */
  public long u32() {
    return i32() & 0xffff_ffffL;
  }

  /** Eight bytes, signed. */
  public long i64() {
    need(8);
    return bytes.getLong();
  }

  /** Eight bytes, unsigned; none that a file could have is above the largest long. */
  public long u64() {
    long value = i64();
    if (value < 0) {
      throw malformed("has a number beyond all bounds");
    }
    return value;
  }

  /** Two bytes, unsigned, the low one first. */
  public int le16() {
    return Short.reverseBytes((short) u16()) & 0xffff;
  }

  /** Four bytes, unsigned, the low one first. */
  public long le32() {
    return Integer.reverseBytes(i32()) & 0xffff_ffffL;
  }

  /** Eight bytes, signed, the low one first. */
  public long le64() {
    return Long.reverseBytes(i64());
  }

  /** Four characters, one byte each. */
  public String fourCc() {
    return text(4, StandardCharsets.ISO_8859_1);
  }

  /** Text of that many bytes. */
  public String text(int length, Charset charset) {
    need(length);
    byte[] copy = new byte[length];
    bytes.get(copy);
    return new String(copy, charset);
  }

  /** Text up to a zero byte or the end. */
  public String textToZero(Charset charset) {
    int end = bytes.position();
    while (end < bytes.limit() && bytes.get(end) != 0) {
      end++;
    }
    String text = text(end - bytes.position(), charset);
    bytes.position(Math.min(end + 1, bytes.limit()));
    return text;
  }

  /** A copy of the next bytes. */
  public byte[] copy(int length) {
    need(length);
    byte[] copy = new byte[length];
    bytes.get(copy);
    return copy;
  }

  /** The next bytes as a cursor of their own; this one goes on behind them. */
  public Cursor part(long length, String what) {
    need(length);
    Cursor part = new Cursor(bytes.slice(bytes.position(), (int) length), offset(), what);
    bytes.position(bytes.position() + (int) length);
    return part;
  }

  /** Another cursor over the same bytes, from this one's place on. */
  public Cursor duplicate() {
    return new Cursor(bytes.duplicate(), origin, what);
  }

  /** The bytes left, read-only, without copying. */
  public ByteBuffer rest() {
    return bytes.slice().asReadOnlyBuffer();
  }

  /** Four-byte numbers into an array, fast. */
  public void ints(int[] into, int from, int count) {
    need(4L * count);
    bytes.asIntBuffer().get(into, from, count);
    bytes.position(bytes.position() + 4 * count);
  }
}
