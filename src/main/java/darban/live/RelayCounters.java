package darban.live;

import java.util.concurrent.atomic.LongAdder;

/**
 * What is counted of streams on their way between origins. Any thread.
 *
 * @param pulled tracks that are being fetched
 * @param pushed tracks that are being sent on
 * @param failures times that one or the other ended before its end, or could not begin
 */
public record RelayCounters(LongAdder pulled, LongAdder pushed, LongAdder failures) {
  RelayCounters() {
    this(new LongAdder(), new LongAdder(), new LongAdder());
  }
}
