package darban.observe;

import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A text that tells a time to the second, worked out once for all who ask within one. Any thread.
 */
final class PerSecond {
  private final Function<Instant, String> format;
  private volatile @Nullable Second last;

  private record Second(long number, String text) {}

  /** Texts that {@code format} makes of whole seconds. */
  PerSecond(Function<Instant, String> format) {
    this.format = format;
  }

  /** The text of the second in which {@code at} lies. */
  String of(Instant at) {
    Second second = last;
    long number = at.getEpochSecond();
    if (second == null || second.number != number) {
      second = new Second(number, format.apply(Instant.ofEpochSecond(number)));
      last = second;
    }
    return second.text;
  }
}
