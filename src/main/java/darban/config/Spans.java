package darban.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write them: {@code 500ms}, {@code 5s}, {@code 1h30m}, {@code 1d}. */
final class Spans {
  /** What one is made of, for editors too. */
  static final String PATTERN =
      "([0-9]{1,9}d)?([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?([0-9]{1,12}ms)?";

  private static final Pattern FORM = Pattern.compile(PATTERN);

  /** A hundred years: what is shorter can be counted in nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(36_525);

  private static final long[] MILLIS = {86_400_000, 3_600_000, 60_000, 1_000, 1};

  private Spans() {}

  /** Reads a span; empty when it is none. */
  static Optional<Duration> parse(String text) {
    Matcher m = FORM.matcher(text);
    if (text.isEmpty() || !m.matches()) {
      return Optional.empty();
    }
    long millis = 0;
    for (int i = 0; i < MILLIS.length; i++) {
      String part = m.group(i + 1);
      if (part != null) {
        millis += Long.parseLong(part.replaceAll("[a-z]", "")) * MILLIS[i];
      }
    }
    return Optional.of(Duration.ofMillis(millis)).filter(span -> span.compareTo(LONGEST) <= 0);
  }

  /** How to write the one that {@code text} probably means. */
  static String hint(String text) {
    Matcher clock = Pattern.compile("([0-9]{1,3}):([0-9]{2})(?::([0-9]{2}))?").matcher(text);
    if (clock.matches()) {
      String first = clock.group(1);
      String second = clock.group(2);
      return clock.group(3) == null
          ? "write `%sh%sm` or `%sm%ss`".formatted(first, second, first, second)
          : "write `%sh%sm%ss`".formatted(first, second, clock.group(3));
    }
    return text.matches("[0-9]{1,9}")
        ? "add the unit: `" + text + "s`, or `ms`, `m`, `h`, `d`"
        : "write a number and a unit, such as `500ms`, `5s`, `1h30m` or `1d`";
  }
}
