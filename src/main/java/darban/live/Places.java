package darban.live;

import java.util.Deque;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a track by their places on timelines, as DASH asks for them. Guarded by its
 * stream's lock, which every method takes.
 */
final class Places {
  /** An encoder that is later by more milliseconds is not thought to be there. */
  private static final long PATIENCE = 1000;

  /** Clocks differ: players may ask for as many segments before their time. */
  private static final int EARLY = 2;

  private final LiveStream stream;
  private final Deque<LiveSegment> segments;
  private final BooleanSupplier ended;
  private final Grids grids = new Grids();

  /** Of {@code segments}, which come and go; {@code ended} when none comes any more. */
  Places(LiveStream stream, Deque<LiveSegment> segments, BooleanSupplier ended) {
    this.stream = stream;
    this.segments = segments;
    this.ended = ended;
  }

  /** {@link Grids#told}. */
  long grid(Timeline on, long measured) {
    synchronized (stream) {
      return grids.told(on.serial(), measured);
    }
  }

  /** A segment by its place on a timeline; null when it is the next. */
  @Nullable Found numbered(long timeline, long number) {
    synchronized (stream) {
      long micros = grids.of(timeline).orElseThrow(LiveStream::notFound);
      LiveSegment last = segments.peekLast();
      boolean live = last != null && last.timeline.serial() == timeline && !ended.getAsBoolean();
      if (live && number == number(last, micros) + 1) {
        return null;
      }
      return Found.of(
          segments.stream()
              .filter(each -> each.timeline.serial() == timeline && number(each, micros) == number)
              .findFirst(),
          Found::all);
    }
  }

  /** Whether nothing of a timeline has come for longer than a segment lasts, and a second. */
  boolean isLate(long timeline, long nowMillis) {
    synchronized (stream) {
      LiveSegment last = segments.peekLast();
      long micros = grids.of(timeline).orElse(stream.config().cutting().grid());
      return last == null
          || last.timeline.serial() != timeline
          || nowMillis - last.timeline.wall(last.end) > micros / 1000 + PATIENCE;
    }
  }

  /** Whether nothing more comes, as the publisher said. */
  private boolean isOver(long timeline) {
    LiveSegment last = segments.peekLast();
    return ended.getAsBoolean() && last != null && last.timeline.serial() == timeline;
  }

  /** Whether the clock told of this segment, which is behind the last that came. */
  boolean isMissing(long timeline, long number, long nowMillis) {
    synchronized (stream) {
      long micros = grids.of(timeline).orElse(0L);
      Optional<LiveSegment> last =
          segments.stream()
              .filter(each -> each.timeline.serial() == timeline)
              .reduce((before, next) -> next);
      if (micros == 0 || last.isEmpty() || !(isOver(timeline) || isLate(timeline, nowMillis))) {
        return false;
      }
      Timeline of = last.get().timeline;
      return number > number(last.get(), micros)
          && of.wall(of.base() + (number - EARLY) * micros) <= nowMillis;
    }
  }

  /** A segment by when it begins on a timeline. */
  Found timed(long timeline, long micros) {
    synchronized (stream) {
      return Found.of(
          segments.stream()
              .filter(each -> each.timeline.serial() == timeline && each.start == micros)
              .findFirst(),
          Found::all);
    }
  }

  /** Where a segment is on its timeline, counted in {@code grid}s. */
  static long number(LiveSegment segment, long grid) {
    return Math.floorDiv(segment.start - segment.timeline.base() + grid / 2, grid);
  }
}
