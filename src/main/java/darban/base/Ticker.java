package darban.base;

import java.time.Instant;

/** The time, handed in so that tests can set it. Any thread. */
public interface Ticker {
  /** Nanoseconds that only ever grow, for measuring spans. */
  long nanos();

  /** The wall clock, for dates. */
  Instant now();

  /** The wall clock in milliseconds since 1970. */
  default long millis() {
    return now().toEpochMilli();
  }

  /** The machine's clocks. */
  static Ticker system() {
    return new Ticker() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public Instant now() {
        return Instant.now();
      }

      @Override
      public long millis() {
        return System.currentTimeMillis(); // a third of the time of the default
      }
    };
  }
}
