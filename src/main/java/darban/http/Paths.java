package darban.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Paths of targets (RFC 3986 §3.3). */
public final class Paths {
  private static final int DECODED_MOST = 4;
  private static final Pattern ESCAPE = Pattern.compile("%[0-9A-Fa-f]{2}");

  private Paths() {}

  /**
   * Removes {@code .} and {@code ..} segments (RFC 3986 §5.2.4), also when the dots are
   * percent-encoded; nothing else is decoded, so {@code %2f} stays what it is. A path that climbs
   * above the root ends at the root.
   */
  public static String normalized(String path) {
    // Most have neither character, which is found out faster than that they have no such two.
    boolean dotted = path.indexOf('.') >= 0 && path.contains("/.");
    if (!dotted && (path.indexOf('%') < 0 || !path.contains("/%2"))) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length());
    int i = 0;
    int length = path.length();
    while (i < length) {
      int end = path.indexOf('/', i + 1);
      if (end < 0) {
        end = length;
      }
      int dots = dots(path, i + 1, end);
      if (dots == 2) {
        out.setLength(Math.max(0, out.lastIndexOf("/")));
      } else if (dots == 0) {
        out.append(path, i, end);
      }
      if (dots != 0 && end == length) {
        out.append('/');
      }
      i = end;
    }
    return out.isEmpty() ? "/" : out.toString();
  }

  /**
   * The form in which paths are compared: escapes of characters that need none are undone, the
   * others are written in capitals (RFC 3986 §6.2.2), and dot segments are removed. Two paths that
   * an origin may take for the same thus take the same route.
   */
  public static String comparable(String path) {
    return normalized(path.indexOf('%') < 0 ? path : unescaped(path));
  }

  private static String unescaped(String path) {
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      int value = path.charAt(i) == '%' ? escaped(path, i) : -1;
      if (value < 0) {
        out.append(path.charAt(i));
        continue;
      }
      if (isUnreserved(value)) {
        out.append((char) value);
      } else {
        out.append(path.substring(i, i + 3).toUpperCase(Locale.ROOT));
      }
      i += 2;
    }
    return out.toString();
  }

  /** The byte that is escaped at {@code i}, or below 0. */
  private static int escaped(String path, int i) {
    int high = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
    int low = i + 2 < path.length() ? Character.digit(path.charAt(i + 2), 16) : -1;
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  /** RFC 3986 §2.3. */
  private static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  /** 1 or 2 when the segment is that many dots, encoded or not; else 0. */
  private static int dots(String path, int from, int to) {
    int dots = 0;
    int i = from;
    while (i < to) {
      if (path.charAt(i) == '.') {
        i++;
      } else if (path.regionMatches(true, i, "%2e", 0, 3) && i + 3 <= to) {
        i += 3;
      } else {
        return 0;
      }
      dots++;
    }
    return dots <= 2 ? dots : 0;
  }

  /**
   * Whether every server takes it for the same path: it has no dot segments, no backslashes and no
   * escaped slashes, not even where it is decoded more often than it should be, and no parameters
   * behind dots.
   */
  public static boolean isPlain(String path) {
    String text = path;
    for (int i = 0; i < DECODED_MOST; i++) {
      Optional<String> once = decoded(text);
      if (text.indexOf('\\') >= 0 || hasDotSegment(text)) {
        return false;
      }
      if (once.isEmpty()) {
        // Of a name with a percent sign nothing is left to be decoded again.
        return i > 0 && !ESCAPE.matcher(text).find();
      }
      if (once.get().equals(text)) {
        return true;
      }
      if (slashes(once.get()) != slashes(text)) {
        return false;
      }
      text = once.get();
    }
    return false;
  }

  private static long slashes(String path) {
    return path.chars().filter(c -> c == '/').count();
  }

  private static boolean hasDotSegment(String path) {
    for (String segment : path.split("/")) {
      int parameters = segment.indexOf(';');
      String name = parameters < 0 ? segment : segment.substring(0, parameters);
      if (name.equals(".") || name.equals("..")) {
        return true;
      }
    }
    return false;
  }

  /**
   * Decodes percent-encoding to text. Empty when an escape is broken, the bytes are not UTF-8, or
   * the result has a NUL or a control character: such a path names nothing.
   */
  public static Optional<String> decoded(String path) {
    if (path.indexOf('%') < 0) {
      return Optional.of(path);
    }
    ByteBuffer bytes = ByteBuffer.allocate(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '%') {
        bytes.put((byte) c);
        continue;
      }
      int value = escaped(path, i);
      if (value < 0x20 || value == 0x7f) {
        return Optional.empty();
      }
      bytes.put((byte) value);
      i += 2;
    }
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException notText) {
      return Optional.empty();
    }
  }
}
