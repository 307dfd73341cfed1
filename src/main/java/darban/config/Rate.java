package darban.config;

import darban.base.ByteSize;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So much in such a time. Immutable.
 *
 * @param amount events or bytes, at least 1
 * @param per the time, longer than zero
 */
public record Rate(long amount, Duration per) {
  private static final Pattern EVENTS = Pattern.compile("([0-9]{1,12})/([0-9]*)(ms|s|m|h|d)");
  private static final Pattern BITS = Pattern.compile("([0-9]{1,9})([kMG]?)bit/s");

  /** Reads {@code 50/s}, {@code 100/m}, {@code 5/10s}; empty when it is none. */
  static Optional<Rate> events(String text) {
    Matcher m = EVENTS.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    String count = m.group(2).isEmpty() ? "1" : m.group(2);
    long amount = Long.parseLong(m.group(1));
    return Spans.parse(count + m.group(3))
        .filter(per -> amount > 0 && !per.isZero())
        .map(per -> new Rate(amount, per));
  }

  /** Reads {@code 20Mbit/s} or {@code 5MB/s} as bytes in a second; empty when it is none. */
  static Optional<Rate> bytes(String text) {
    Matcher bits = BITS.matcher(text);
    long bytes = 0;
    if (bits.matches()) {
      int power = " kMG".indexOf(bits.group(2).isEmpty() ? ' ' : bits.group(2).charAt(0));
      bytes = Long.parseLong(bits.group(1)) * (long) Math.pow(1000, power) / 8;
    } else if (text.endsWith("/s")) {
      bytes = ByteSize.parse(text.substring(0, text.length() - 2)).orElse(0);
    }
    return bytes < 1 ? Optional.empty() : Optional.of(new Rate(bytes, Duration.ofSeconds(1)));
  }

  /** The amount in a second, on average. */
  public double perSecond() {
    return 1000.0 * amount / per.toMillis();
  }
}
