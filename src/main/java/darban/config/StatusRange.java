package darban.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Status codes (RFC 9110 §15) from one to another, both included. Immutable. */
public record StatusRange(int from, int to) {
  /** What one is made of, for editors too. */
  static final String PATTERN = "[1-5]xx|[1-5][0-9][0-9](-[1-5][0-9][0-9])?";

  private static final Pattern FORM = Pattern.compile("([1-5][0-9][0-9])(?:-([1-5][0-9][0-9]))?");

  /** Reads {@code 404}, {@code 5xx} or {@code 500-504}; empty when it is none. */
  static Optional<StatusRange> parse(String text) {
    if (text.matches("[1-5]xx")) {
      int hundred = (text.charAt(0) - '0') * 100;
      return Optional.of(new StatusRange(hundred, hundred + 99));
    }
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    int from = Integer.parseInt(m.group(1));
    int to = m.group(2) == null ? from : Integer.parseInt(m.group(2));
    return from <= to ? Optional.of(new StatusRange(from, to)) : Optional.empty();
  }

  /** Whether {@code status} is one of them. */
  public boolean contains(int status) {
    return status >= from && status <= to;
  }
}
