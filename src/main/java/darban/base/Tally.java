package darban.base;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what each client does within spans of time that follow one another; at the end of a span
 * all are forgotten. Any thread.
 */
public final class Tally {
  /** More are not told apart within one span: senders of datagrams can invent addresses. */
  private static final int MOST_CLIENTS = 100_000;

  private final long most;
  private final long spanNanos;
  private volatile @Nullable Span span;

  /** One span: when it began, and the counts. */
  private record Span(long since, Map<ClientBlock, Integer> counts) {}

  /** Up to {@code most} within {@code span}; 0 for any number. */
  public Tally(long most, Duration span) {
    this.most = most;
    this.spanNanos = span.toNanos();
  }

  /** Counts one more of {@code client}; whether it is within the bound. */
  public boolean add(ClientBlock client, long nanos) {
    if (most == 0) {
      return true;
    }
    Map<ClientBlock, Integer> counts = current(nanos).counts;
    boolean known = counts.size() < MOST_CLIENTS || counts.containsKey(client);
    return !known || counts.merge(client, 1, Integer::sum) <= most;
  }

  /** Whether {@code client} has reached the bound. */
  public boolean full(ClientBlock client, long nanos) {
    return most > 0 && current(nanos).counts.getOrDefault(client, 0) >= most;
  }

  private Span current(long nanos) {
    Span now = span;
    if (now == null || nanos - now.since > spanNanos) {
      // Racing threads may begin two; what one of them counted is lost, and that is no harm.
      now = new Span(nanos, new ConcurrentHashMap<>());
      span = now;
    }
    return now;
  }
}
