package darban.wire;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.Status;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes heads of HTTP/1 messages. */
public final class HeadWriter extends Octets {
  private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[][] STATUS_LINES = new byte[600][];

  /** A writer. */
  public HeadWriter() {
    super(Fields.Beginning.Form.LINES);
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
    raw(VERSION);
    return this;
  }

  /** Begins a response. */
  public HeadWriter response(int status) {
    length = 0;
    byte[] line = status < STATUS_LINES.length ? STATUS_LINES[status] : null;
    raw(line != null ? line : statusLine(status));
    return this;
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
    lines(fields, except);
    return this;
  }

  /**
   * Adds a line.
   *
   * @throws IllegalArgumentException when the value would end the line: a bug of the caller
   */
  public HeadWriter field(FieldName name, String value) {
    line(name, value);
    return this;
  }

  @Override
  void line(FieldName name, String value) {
    room(name.length() + value.length() + 4);
    length = name.copy(bytes, length);
    bytes[length++] = ':';
    bytes[length++] = ' ';
    value(value);
    bytes[length++] = '\r';
    bytes[length++] = '\n';
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
}
