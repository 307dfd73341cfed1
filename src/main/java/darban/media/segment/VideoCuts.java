package darban.media.segment;

import darban.media.mp4.SampleTable;
import darban.media.mp4.Timeline;
import darban.media.mp4.Track;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a track of pictures is cut: among its sync samples, or among those that other bit
 * rates have too. Confined to one thread.
 */
final class VideoCuts {
  /** Samples at the end that may be shown in another order than they are decoded. */
  private static final int REORDERED = 32;

  private final Track track;
  private final long shift;
  private final int end;
  private final int[] samples;
  private final long[] times;
  private @Nullable Segments segments;

  VideoCuts(Track track, long shift) {
    this.track = track;
    this.shift = shift;
    this.end = SegmentPlan.end(track);
    SampleTable table = track.samples();
    int[] found = new int[table.syncCount() + 1];
    int count = 1;
    // Decoding begins with the first sample, whatever it is.
    for (int i = 0; i < table.syncCount() && table.sync(i) < end; i++) {
      if (table.sync(i) > 0) {
        found[count++] = table.sync(i);
      }
    }
    this.samples = Arrays.copyOf(found, count);
    this.times = Arrays.stream(samples).mapToLong(each -> table.shownAt(each) + shift).toArray();
  }

  Segments segments() {
    return Objects.requireNonNull(segments);
  }

  /** When the segments begin and the last one ends, in ticks of another timescale. */
  long[] starts(int timescale) {
    Segments of = segments();
    long[] starts = new long[of.count() + 1];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = Timeline.nearest(of.start(i), of.timescale(), timescale);
    }
    return starts;
  }

  /** Cuts all tracks; whether at the same times. */
  static boolean plan(List<VideoCuts> all, int targetMillis) {
    if (all.isEmpty()) {
      return true;
    }
    VideoCuts first = all.getFirst();
    boolean[] common = first.sharedBy(all.subList(1, all.size()));
    boolean[] every = new boolean[first.samples.length];
    Arrays.fill(every, true);
    Segments own = first.cut(every, targetMillis);
    Segments shared = first.cut(common, targetMillis);
    boolean aligned = shared.longest() <= 2 * own.longest();
    first.segments = aligned ? shared : own;
    for (VideoCuts other : all.subList(1, all.size())) {
      other.segments = other.near(first.segments());
    }
    return aligned;
  }

  /** Which sync samples all others have too. */
  private boolean[] sharedBy(List<VideoCuts> others) {
    boolean[] shared = new boolean[samples.length];
    Arrays.fill(shared, true);
    long half = Math.max(1, track.samples().commonDuration() / 2);
    for (VideoCuts other : others) {
      for (int i = 0; i < samples.length; i++) {
        long wanted = Timeline.nearest(times[i], timescale(), other.timescale());
        long found = other.times[other.nearest(wanted)];
        long apart = Timeline.nearest(Math.abs(found - wanted), other.timescale(), timescale());
        shared[i] &= apart <= half;
      }
    }
    return shared;
  }

  private int timescale() {
    return track.timeline().timescale();
  }

  /** The sync sample nearest to a time. */
  private int nearest(long time) {
    int found = Arrays.binarySearch(times, time);
    if (found >= 0) {
      return found;
    }
    int after = Math.min(-found - 1, times.length - 1);
    int before = Math.max(after - 1, 0);
    return time - times[before] <= times[after] - time ? before : after;
  }

  /** Segments that begin with allowed sync samples, each as near to the wished length as can be. */
  private Segments cut(boolean[] allowed, int targetMillis) {
    long target = Math.max(1, (long) targetMillis * timescale() / 1000);
    Cuts out = new Cuts(samples[0], times[0]);
    long start = times[0];
    int before = -1;
    for (int i = 1; i < samples.length; i++) {
      if (!allowed[i] || times[i] <= start) {
        continue;
      }
      long wished = start + target;
      if (times[i] < wished) {
        before = i;
        continue;
      }
      boolean earlier = before >= 0 && wished - times[before] < times[i] - wished;
      int chosen = earlier ? before : i;
      out.add(samples[chosen], times[chosen]);
      start = times[chosen];
      before = -1;
      // What lies behind the chosen one is looked at again.
      i = chosen;
    }
    // Nor is the rest to be far too long.
    if (before >= 0 && start + target - times[before] < finish() - start - target) {
      out.add(samples[before], times[before]);
    }
    return segments(out);
  }

  /** Segments that begin with the sync samples nearest to where those of another track begin. */
  private Segments near(Segments other) {
    Cuts out = new Cuts(samples[0], times[0]);
    for (int i = 1; i < other.count(); i++) {
      int chosen = nearest(Timeline.nearest(other.start(i), other.timescale(), timescale()));
      out.add(samples[chosen], times[chosen]);
    }
    return segments(out);
  }

  private Segments segments(Cuts out) {
    return out.segments(track, shift, end, finish());
  }

  /** When the last picture ends. */
  private long finish() {
    long finish = 0;
    for (int i = Math.max(0, end - REORDERED); i < end; i++) {
      finish = Math.max(finish, track.samples().shownAt(i) + shift + track.samples().duration(i));
    }
    return finish;
  }
}
