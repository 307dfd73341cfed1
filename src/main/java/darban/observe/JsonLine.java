package darban.observe;

import org.jspecify.annotations.Nullable;

/** Writes one JSON object on one line. Confined to one thread; used once. */
final class JsonLine {
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
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0x2028 || c == 0x2029) {
        line.append("\\u")
            .append(HEX.charAt(c >> 12 & 15))
            .append(HEX.charAt(c >> 8 & 15))
            .append(HEX.charAt(c >> 4 & 15))
            .append(HEX.charAt(c & 15));
      } else {
        line.append(c);
      }
    }
  }

  /** The line, with its line end. */
  String end() {
    return line.append("}\n").toString();
  }
}
