package darban.media.dash;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * When the segments of a representation are played, and from when on they are there (ISO/IEC
 * 23009-1 §5.3.9.5.3; DASH-IF, restricted timing model). Segments are counted from 0 here. Times
 * are in ticks of the segments' own timeline. Immutable, any thread.
 *
 * @param startNumber the number of the first
 * @param timescale ticks per second
 * @param runs all there are or will be, in their order; there is one
 * @param clock what tells which are there; null where all are
 */
record SegmentTimes(long startNumber, long timescale, List<Run> runs, @Nullable Clock clock) {
  /** Ticks that can be added without a thought. */
  static final long MOST_TICKS = 1L << 60;

  /** More than a hundred years: times of day since 1970 are within. */
  private static final long MOST_SECONDS = 4_000_000_000L;

  private static final long NANOS = 1_000_000_000;

  /** With that a hundred years have few enough ticks, too. */
  static final long MOST_TIMESCALE = NANOS;

  SegmentTimes {
    runs = List.copyOf(runs);
  }

  /**
   * Segments of one length that follow each other.
   *
   * @param index of the first
   * @param time when the first begins
   * @param duration of each
   * @param count how many; so many that their end is at {@link #MOST_TICKS} if that is not told
   */
  record Run(long index, long time, long duration, long count) {
    /** Without end. */
    static Run open(long index, long time, long duration) {
      return new Run(index, time, duration, (MOST_TICKS - time) / duration);
    }

    long end() {
      return time + duration * count;
    }

    /** How many begin before that. */
    long before(long limit) {
      return limit <= time ? 0 : Math.min(count, (limit - time - 1) / duration + 1);
    }

    /** Whether it has no end that is told. */
    boolean isOpen() {
      return count == open(index, time, duration).count;
    }
  }

  /**
   * By what it is known which segments are there.
   *
   * @param zero when the segments' own timeline is at {@code offset}: when the period begins
   * @param offset in ticks
   * @param early how much earlier than it is complete a segment can be asked for
   */
  record Clock(Instant zero, long offset, Duration early) {}

  /** The last that can be asked for, or -1. */
  long last(Instant now) {
    return clock == null ? total() - 1 : ended(ticks(clock, now.plus(clock.early))) - 1;
  }

  /**
   * Where players begin: with the first, or where it is live, so long before the end of the last
   * that is complete; -1 if there is none yet.
   */
  long start(Instant now, Duration delay) {
    if (clock == null) {
      return 0;
    }
    long last = ended(ticks(clock, now)) - 1;
    if (last <= 0) {
      return last;
    }
    long end = time(last) + run(Run::index, last).duration;
    return ended(end - Math.max(1, ticks(delay)));
  }

  /** When a segment begins. */
  long time(long index) {
    Run run = run(Run::index, index);
    return run.time + (index - run.index) * run.duration;
  }

  /** The segment that begins exactly then; -1 if none does. */
  long ofTime(long time) {
    Run run = run(Run::time, time);
    long index = run.index + (time - run.time) / run.duration;
    return time >= run.time && time < run.end() && time(index) == time ? index : -1;
  }

  private long total() {
    return runs.getLast().index + runs.getLast().count;
  }

  /** How many have ended by then. */
  private long ended(long time) {
    Run run = run(Run::time, time);
    long ended = Math.clamp((time - run.time) / run.duration, 0, run.count);
    return run.index + ended;
  }

  /** The last run that is not beyond a value, or else the first. */
  private Run run(ToLongFunction<Run> by, long value) {
    int low = 0;
    int high = runs.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (by.applyAsLong(runs.get(middle)) <= value) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return runs.get(low);
  }

  /** The ticks that begin within a time. */
  static long ticksUpTo(Duration span, long timescale) {
    return seconds(span) * timescale + (span.toNanosPart() * timescale + NANOS - 1) / NANOS;
  }

  private static long seconds(Duration span) {
    return Math.clamp(span.toSeconds(), -MOST_SECONDS, MOST_SECONDS);
  }

  private long ticks(Clock at, Instant now) {
    return at.offset + ticks(Duration.between(at.zero, now));
  }

  private long ticks(Duration span) {
    return seconds(span) * timescale + span.toNanosPart() * timescale / NANOS;
  }
}
