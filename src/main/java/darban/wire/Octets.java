package darban.wire;

import darban.http.FieldName;
import darban.http.Fields;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An array that is written from its beginning again and again, and grows. It is kept, so that
 * writing allocates nothing once it has grown. Confined to one thread: one belongs to each event
 * loop.
 */
public abstract sealed class Octets permits HeadWriter, SectionWriter {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = ONES << 7;
  private static final long CRS = ONES * '\r';
  private static final long LFS = ONES * '\n';

  byte[] bytes = new byte[2048];
  int length;

  private final Fields.Beginning.Form form;

  Octets(Fields.Beginning.Form form) {
    this.form = form;
  }

  /** Writes a line of fields. */
  abstract void line(FieldName name, String value);

  /** Adds all lines of {@code fields}, but those of {@code except}. */
  final void lines(Fields fields, @Nullable FieldName except) {
    Fields.Beginning beginning = fields.beginning();
    if (beginning == null || (except != null && fields.has(except))) {
      lines(fields, 0, fields.size(), except);
      return;
    }
    byte[] written = beginning.written(form);
    if (written != null) {
      raw(written);
    } else {
      int start = length;
      lines(fields, 0, beginning.count(), null);
      beginning.written(form, Arrays.copyOfRange(bytes, start, length));
    }
    lines(fields, beginning.count(), fields.size(), null);
  }

  private void lines(Fields fields, int from, int to, @Nullable FieldName except) {
    for (int i = from; i < to; i++) {
      if (fields.name(i) != except) {
        line(fields.name(i), fields.value(i));
      }
    }
  }

  /** The bytes; valid up to {@link #length} and until something else is begun. */
  public final byte[] bytes() {
    return bytes;
  }

  /** Number of bytes written. */
  public final int length() {
    return length;
  }

  final void octet(int octet) {
    room(1);
    bytes[length++] = (byte) octet;
  }

  final void raw(byte[] more) {
    room(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }

  @SuppressWarnings("deprecation") // the one call that copies Latin-1 without a charset's cost
  final void text(String text) {
    room(text.length());
    text.getBytes(0, text.length(), bytes, length);
    length += text.length();
  }

  /**
   * A value, which must not end a line of HTTP/1, wherever it may get to.
   *
   * @throws IllegalArgumentException when it would: a bug of the caller
   */
  final void value(String value) {
    int start = length;
    text(value);
    if (hasLineEnd(start)) {
      throw new IllegalArgumentException("line end in a value");
    }
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

  /** A number behind the first bits of an octet and, if it is large, after it (RFC 7541 §5.1). */
  final void number(int first, int bits, int number) {
    int most = (1 << bits) - 1;
    if (number < most) {
      octet(first | number);
      return;
    }
    octet(first | most);
    int rest = number - most;
    for (; rest >= 0x80; rest >>>= 7) {
      octet(rest | 0x80);
    }
    octet(rest);
  }

  /** A text and its length, not by Huffman's code (RFC 7541 §5.2). */
  final void string(String text) {
    number(0, 7, text.length());
    value(text);
  }

  final void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
