package darban.testkit;

import darban.base.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands until it is set. Any thread. */
public final class FakeTicker implements Ticker {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private final AtomicLong nanos = new AtomicLong(1_000_000_000L);

  /** Lets time pass. */
  public void pass(Duration span) {
    nanos.addAndGet(span.toNanos());
  }

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public Instant now() {
    return START.plusNanos(nanos.get() - 1_000_000_000L);
  }
}
