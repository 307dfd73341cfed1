package darban.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads HTTP/1 messages by the letter of RFC 9112; whatever else is an {@link IOException}. */
final class Messages {
  private Messages() {}

  /** The lines of the next head without their ends, or null when the stream ends before it. */
  static @Nullable List<String> head(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    while (true) {
      String line = line(in, lines.isEmpty());
      if (line == null) {
        return null;
      }
      if (line.isEmpty()) {
        return lines;
      }
      if (!lines.isEmpty() && !line.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\\x00\\r\\n]*")) {
        throw new IOException("not a field line: " + line);
      }
      lines.add(line);
    }
  }

  private static @Nullable String line(InputStream in, boolean mayEnd) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int b = in.read();
      if (b < 0 && mayEnd && line.size() == 0) {
        return null;
      }
      if (b < 0) {
        throw new EOFException("ended within a line: " + line);
      }
      if (b == '\r') {
        if (in.read() != '\n') {
          throw new IOException("bare CR after " + line);
        }
        return line.toString(StandardCharsets.ISO_8859_1);
      }
      if (b == '\n') {
        throw new IOException("bare LF after " + line);
      }
      line.write(b);
    }
  }

  /** The value of the first field of that name, or null. */
  static @Nullable String value(List<String> fields, String name) {
    for (String line : fields) {
      int colon = line.indexOf(':');
      if (line.substring(0, colon).equalsIgnoreCase(name)) {
        return line.substring(colon + 1).strip();
      }
    }
    return null;
  }

  /**
   * Reads a body into {@code body} and, if chunked, adds its trailers to {@code fields}; whether it
   * is whole. A cut is no exception.
   */
  static boolean body(
      InputStream in, List<String> fields, boolean response, ByteArrayOutputStream body)
      throws IOException {
    String encoding = value(fields, "Transfer-Encoding");
    String length = value(fields, "Content-Length");
    if (encoding != null && length != null) {
      throw new IOException("both lengths");
    }
    try {
      if (encoding != null) {
        chunks(in, fields, body);
      } else if (length != null) {
        take(in, Long.parseLong(length), body);
      } else if (response) {
        take(in, Long.MAX_VALUE, body);
      }
      return true;
    } catch (EOFException | java.net.SocketException cut) {
      return cut instanceof EOFException && encoding == null && length == null;
    }
  }

  private static void chunks(InputStream in, List<String> fields, ByteArrayOutputStream body)
      throws IOException {
    while (true) {
      String size = line(in, false);
      if (size == null || !size.matches("[0-9a-fA-F]{1,15}")) {
        throw new IOException("not a chunk size: " + size);
      }
      long n = Long.parseLong(size, 16);
      if (n == 0) {
        List<String> trailers = head(in);
        fields.addAll(trailers == null ? List.of() : trailers);
        return;
      }
      take(in, n, body);
      String end = line(in, false);
      if (end == null || !end.isEmpty()) {
        throw new IOException("a chunk longer than it says: " + end);
      }
    }
  }

  private static void take(InputStream in, long n, ByteArrayOutputStream body) throws IOException {
    byte[] piece = new byte[8192];
    long left = n;
    while (left > 0) {
      int read = in.read(piece, 0, (int) Math.min(piece.length, left));
      if (read < 0) {
        throw new EOFException();
      }
      body.write(piece, 0, read);
      left -= read;
    }
  }
}
