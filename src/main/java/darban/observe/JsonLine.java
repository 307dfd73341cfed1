package darban.observe;

import java.time.Instant;
import java.time.temporal.ChronoField;
import org.jspecify.annotations.Nullable;

/** Writes one JSON object on one line. Confined to one thread; used once. */
final class JsonLine {
  private static final PerSecond SECONDS =
      new PerSecond(second -> {
        String text = second.toString();
        return text.substring(0, text.length() - 1); // without the Z
      });

  private static final String HEX = "0123456789abcdef";

  private final StringBuilder line = new StringBuilder(384).append('{');

  /** Adds a text; nothing for null. */
  void text(String key, @Nullable String value) {
    if (value != null) {
      key(key);
      line.append('"');
      escape(value);
      line.append('"');
    }
  }

  /** Adds a time as ISO 8601 has it. */
  void time(String key, Instant at) {
    key(key);
    line.append('"').append(SECONDS.of(at));
    int nanos = at.get(ChronoField.NANO_OF_SECOND);
    if (nanos > 0) {
      int digits = nanos % 1_000_000 == 0 ? 3 : nanos % 1_000 == 0 ? 6 : 9;
      line.append('.');
      for (int unit = 100_000_000; digits > 0; digits--, unit /= 10) {
        line.append((char) ('0' + nanos / unit % 10));
      }
    }
    line.append("Z\"");
  }

  /** Adds a whole number. */
  void number(String key, long value) {
    key(key);
    line.append(value);
  }

  /** Adds nanoseconds as milliseconds with three decimals; nothing when below 0. */
  void decimal(String key, long nanos) {
    if (nanos >= 0) {
      key(key);
      long micros = nanos / 1000;
      line.append(micros / 1000).append('.');
      long rest = micros % 1000;
      line.append((char) ('0' + rest / 100))
          .append((char) ('0' + rest / 10 % 10))
          .append((char) ('0' + rest % 10));
    }
  }

  private void key(String key) {
    if (line.length() > 1) {
      line.append(',');
    }
    line.append('"').append(key).append("\":");
  }

  private void escape(String value) {
    if (isPlain(value)) {
      line.append(value);
      return;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\').append(c);
      } else {
        append(c, line);
      }
    }
  }

  /** Whether nothing in it needs an escape, as in nearly all. */
  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  /** {@code text} with an escape for whatever is no visible character of one line. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      append(text.charAt(i), shown);
    }
    return shown.toString();
  }

  private static void append(char c, StringBuilder to) {
    if (isVisible(c)) {
      to.append(c);
      return;
    }
    switch (c) {
      case '\n' -> to.append("\\n");
      case '\r' -> to.append("\\r");
      case '\t' -> to.append("\\t");
      default ->
          to.append("\\u")
              .append(HEX.charAt(c >> 12 & 15))
              .append(HEX.charAt(c >> 8 & 15))
              .append(HEX.charAt(c >> 4 & 15))
              .append(HEX.charAt(c & 15));
    }
  }

  /** Not what ends lines, turns their direction, or speaks to a terminal. */
  private static boolean isVisible(char c) {
    return (c >= 0x20 && c < 0x7f)
        || switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              false;
          default -> true;
        };
  }

  /** The line, with its line end. */
  String end() {
    return line.append("}\n").toString();
  }
}
