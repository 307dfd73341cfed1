package darban.live;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/**
 * What is counted of a stream. Any thread.
 *
 * @param received bytes of publishers
 * @param sent bytes to viewers
 * @param lags times bytes were passed on to a viewer who waited for them
 * @param lagNanos how long that took, together
 * @param holds requests that were held until something was there
 * @param heldNanos how long, together
 * @param aborted uploads that broke
 * @param skipped segments that were left out for whoever was too slow to be sent them
 * @param slow told of each lag
 */
public record StreamCounters(
    LongAdder received,
    LongAdder sent,
    LongAdder lags,
    LongAdder lagNanos,
    LongAdder holds,
    LongAdder heldNanos,
    LongAdder aborted,
    LongAdder skipped,
    LongConsumer slow) {
  /** Nothing yet; {@code slow} is told of each lag too. */
  public StreamCounters(LongConsumer slow) {
    this(
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        slow);
  }

  void lag(long nanos) {
    lags.increment();
    lagNanos.add(nanos);
    slow.accept(nanos);
  }

  void held(long nanos) {
    holds.increment();
    heldNanos.add(nanos);
  }
}
