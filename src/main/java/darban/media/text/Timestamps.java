package darban.media.text;

import org.jspecify.annotations.Nullable;

/** Times of texts: {@code 00:00:01.500}, with a comma in SubRip. Pure. */
final class Timestamps {
  private static final int MOST_DIGITS = 7;

  private Timestamps() {}

  /**
   * Start and end of a line such as {@code 00:00:01,500 --> 00:00:02.000 line:0}.
   *
   * @param rest what follows the times
   */
  record Line(long start, long end, String rest) {}

  /** Reads such a line; null if it is none. */
  static @Nullable Line line(String line) {
    int arrow = line.indexOf("-->");
    if (arrow < 0) {
      return null;
    }
    String after = line.substring(arrow + 3).strip();
    int space = 0;
    while (space < after.length() && !Character.isWhitespace(after.charAt(space))) {
      space++;
    }
    long start = millis(line.substring(0, arrow).strip());
    long end = millis(after.substring(0, space));
    return start < 0 || end < 0 ? null : new Line(start, end, after.substring(space).strip());
  }

  /** Milliseconds of a time; -1 if it is none. */
  static long millis(String time) {
    int point = Math.max(time.lastIndexOf('.'), time.lastIndexOf(','));
    long millis = 0;
    if (point >= 0) {
      String digits = (time.substring(point + 1) + "000");
      millis = number(digits.substring(0, 3));
    }
    String[] parts = (point < 0 ? time : time.substring(0, point)).split(":", -1);
    if (parts.length < 2 || parts.length > 3 || millis < 0) {
      return -1;
    }
    long seconds = 0;
    for (String part : parts) {
      long number = number(part.strip());
      if (number < 0) {
        return -1;
      }
      seconds = seconds * 60 + number;
    }
    return seconds * 1000 + millis;
  }

  private static long number(String digits) {
    if (digits.isEmpty() || digits.length() > MOST_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  /** As WebVTT has it. */
  static void write(long millis, StringBuilder out) {
    long seconds = millis / 1000;
    digits(seconds / 3600, 2, out);
    out.append(':');
    digits(seconds / 60 % 60, 2, out);
    out.append(':');
    digits(seconds % 60, 2, out);
    out.append('.');
    digits(millis % 1000, 3, out);
  }

  private static void digits(long number, int least, StringBuilder out) {
    String digits = Long.toString(number);
    out.append("0".repeat(Math.max(0, least - digits.length()))).append(digits);
  }
}
