package darban.media.segment;

import darban.media.MalformedMedia;
import darban.media.mp4.Track;
import java.util.Arrays;

/** Collects the cuts of a track. Confined to one thread. */
final class Cuts {
  private static final int MOST = 1 << 18;

  private int[] firsts = new int[64];
  private long[] starts = new long[64];
  private int count = 1;

  Cuts(int first, long start) {
    firsts[0] = first;
    starts[0] = start;
  }

  /** Cuts before {@code sample}, unless that leaves nothing since the cut before. */
  void add(int sample, long time) {
    if (sample <= firsts[count - 1] || time <= starts[count - 1]) {
      return;
    }
    if (count == MOST) {
      throw new MalformedMedia("it would have more than " + MOST + " segments");
    }
    if (count == firsts.length) {
      firsts = Arrays.copyOf(firsts, 2 * count);
      starts = Arrays.copyOf(starts, 2 * count);
    }
    firsts[count] = sample;
    starts[count++] = time;
  }

  Segments segments(Track track, long shift, int end, long finish) {
    int[] samples = Arrays.copyOf(firsts, count + 1);
    long[] times = Arrays.copyOf(starts, count + 1);
    samples[count] = end;
    times[count] = Math.max(finish, times[count - 1]);
    return new Segments(track, shift, samples, times);
  }
}
