package darban.wire;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.Status;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes heads of HTTP/1 messages into an array that it keeps, so that writing allocates nothing
 * once it has grown. Confined to one thread: one belongs to each event loop.
 */
public final class HeadWriter {
  private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[][] STATUS_LINES = new byte[600][];

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = ONES << 7;
  private static final long CRS = ONES * '\r';
  private static final long LFS = ONES * '\n';

  private byte[] bytes = new byte[2048];
  private int length;

  /** The bytes; valid up to {@link #length} and until the next head. */
  public byte[] bytes() {
    return bytes;
  }

  /** Number of bytes written. */
  public int length() {
    return length;
  }

  /**
   * Begins a request.
   *
   * @throws IllegalArgumentException when the target would end before its end: a bug of the caller
   */
  public HeadWriter request(Method method, String target) {
    length = 0;
    text(method.name());
    octet(' ');
    int start = length;
    text(target);
    for (int i = start; i < length; i++) {
      if (bytes[i] <= ' ') {
        throw new IllegalArgumentException("space or line end in a target");
      }
    }
    return raw(VERSION);
  }

  /** Begins a response. */
  public HeadWriter response(int status) {
    length = 0;
    byte[] line = status < STATUS_LINES.length ? STATUS_LINES[status] : null;
    return raw(line != null ? line : statusLine(status));
  }

  private static byte[] statusLine(int status) {
    byte[] line =
        ("HTTP/1.1 " + status + " " + Status.reason(status) + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    if (status < STATUS_LINES.length) {
      // Racing threads write equal lines.
      STATUS_LINES[status] = line;
    }
    return line;
  }

  /** Adds all lines of {@code fields}, but those of {@code except}. */
  public HeadWriter fields(Fields fields, @Nullable FieldName except) {
    Fields.Beginning beginning = fields.beginning();
    if (beginning == null || (except != null && fields.indexOf(except, 0) >= 0)) {
      return lines(fields, 0, fields.size(), except);
    }
    byte[] written = beginning.written();
    if (written != null) {
      raw(written);
    } else {
      int start = length;
      lines(fields, 0, beginning.count(), null);
      beginning.written(Arrays.copyOfRange(bytes, start, length));
    }
    return lines(fields, beginning.count(), fields.size(), null);
  }

  private HeadWriter lines(Fields fields, int from, int to, @Nullable FieldName except) {
    for (int i = from; i < to; i++) {
      if (fields.name(i) != except) {
        field(fields.name(i), fields.value(i));
      }
    }
    return this;
  }

  /**
   * Adds a line.
   *
   * @throws IllegalArgumentException when the value would end the line: a bug of the caller
   */
  public HeadWriter field(FieldName name, String value) {
    room(name.length() + value.length() + 4);
    length = name.copy(bytes, length);
    bytes[length++] = ':';
    bytes[length++] = ' ';
    int start = length;
    text(value);
    if (hasLineEnd(start)) {
      throw new IllegalArgumentException("line end in the value of " + name);
    }
    bytes[length++] = '\r';
    bytes[length++] = '\n';
    return this;
  }

  /** Whether CR, LF or NUL stands from {@code at} on, by eight bytes at a time. */
  private boolean hasLineEnd(int at) {
    int i = at;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      long eight = (long) LONGS.get(bytes, i);
      if ((zeros(eight) | zeros(eight ^ CRS) | zeros(eight ^ LFS)) != 0) {
        return true;
      }
    }
    for (; i < length; i++) {
      if (bytes[i] == '\r' || bytes[i] == '\n' || bytes[i] == 0) {
        return true;
      }
    }
    return false;
  }

  /** Not 0 if one of its bytes is. */
  private static long zeros(long eight) {
    return (eight - ONES) & ~eight & HIGHS;
  }

  /** Adds a line with a number. */
  public HeadWriter field(FieldName name, long value) {
    return field(name, Long.toString(value));
  }

  /** Adds the empty line. */
  public HeadWriter end() {
    room(2);
    bytes[length++] = '\r';
    bytes[length++] = '\n';
    return this;
  }

  /** Starts a trailer section: the last chunk's size line. */
  public HeadWriter lastChunk() {
    length = 0;
    room(3);
    bytes[length++] = '0';
    bytes[length++] = '\r';
    bytes[length++] = '\n';
    return this;
  }

  private HeadWriter raw(byte[] more) {
    room(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
    return this;
  }

  private void octet(char c) {
    room(1);
    bytes[length++] = (byte) c;
  }

  @SuppressWarnings("deprecation") // the one call that copies Latin-1 without a charset's cost
  private void text(String text) {
    room(text.length());
    text.getBytes(0, text.length(), bytes, length);
    length += text.length();
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
