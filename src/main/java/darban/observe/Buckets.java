package darban.observe;

import java.time.Duration;

/** Bounds of histograms. */
final class Buckets {
  /** Of requests; 0.3 and 1.2 s are what Apdex and boards ask for. */
  static final Duration[] REQUESTS =
      millis(1, 5, 10, 25, 50, 100, 300, 600, 1200, 2500, 5_000, 10_000, 60_000);

  /** Of what a gateway may add to a live stream. */
  static final Duration[] LAGS = millis(1, 5, 10, 20, 50, 200);

  /** Of what players wait for, or have in hand. */
  static final Duration[] PLAYING = millis(250, 500, 1_000, 2_000, 5_000, 10_000, 30_000);

  /** Of bit rates of media. */
  static final double[] BITS = {
    128_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 20_000_000
  };

  private Buckets() {}

  private static Duration[] millis(long... bounds) {
    Duration[] durations = new Duration[bounds.length];
    for (int i = 0; i < bounds.length; i++) {
      durations[i] = Duration.ofMillis(bounds[i]);
    }
    return durations;
  }
}
