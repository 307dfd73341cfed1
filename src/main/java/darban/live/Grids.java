package darban.live;

import java.util.Optional;
import java.util.TreeMap;

/**
 * How long each segment of a track is, about, on each of its timelines: what numbers of segments
 * are counted in. Guarded by the track's lock.
 */
final class Grids {
  private static final int MOST = 16;

  private final TreeMap<Long, Long> byTimeline = new TreeMap<>();

  /** In microseconds: what was told once, else what is {@code measured} now. */
  long told(long timeline, long measured) {
    Long told = byTimeline.putIfAbsent(timeline, measured);
    if (byTimeline.size() > MOST) {
      byTimeline.pollFirstEntry();
    }
    return told == null ? measured : told;
  }

  /** What was told. */
  Optional<Long> of(long timeline) {
    return Optional.ofNullable(byTimeline.get(timeline));
  }
}
