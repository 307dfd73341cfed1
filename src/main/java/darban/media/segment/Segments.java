package darban.media.segment;

import darban.media.mp4.SampleTable;
import darban.media.mp4.Track;
import org.jspecify.annotations.Nullable;

/**
 * The segments of one track: which samples each has and when it is presented.
 *
 * <p>Times are ticks of the track on the timeline of the plan, where nothing that is shown lies
 * before zero. Immutable, any thread.
 */
public final class Segments {
  /** Bytes that the head of a segment takes at most: so much, and so much for each sample. */
  private static final int HEAD = 200;

  private static final int HEAD_OF_SAMPLE = 16;

  private final Track track;
  private final long shift;
  private final int[] firsts;
  private final long[] starts;
  private final int compositionShift;

  // Worked out when first asked for: all samples are looked at.
  private volatile @Nullable BitRate bitRate;
  private volatile @Nullable BitRate keyFrameBitRate;

  /**
   * Segments of {@code track}.
   *
   * @param shift ticks from composition to presentation on the timeline of the plan
   * @param firsts the first sample of each segment, and the one behind the last segment
   * @param starts when each is presented, and when the last one ends
   */
  Segments(Track track, long shift, int[] firsts, long[] starts) {
    this.track = track;
    this.shift = shift;
    this.firsts = firsts;
    this.starts = starts;
    this.compositionShift = Math.max(0, -track.samples().leastComposition());
  }

  /** Whose segments these are. */
  public Track track() {
    return track;
  }

  /** Ticks per second. */
  public int timescale() {
    return track.timeline().timescale();
  }

  /** Ticks from composition to presentation. */
  public long presentationShift() {
    return shift;
  }

  /** How many there are; at least one. */
  public int count() {
    return firsts.length - 1;
  }

  /** The first sample of a segment. */
  public int first(int segment) {
    return firsts[segment];
  }

  /** The sample behind the last one of a segment. */
  public int end(int segment) {
    return firsts[segment + 1];
  }

  /** When a segment is presented; for the count of segments, when the last one ends. */
  public long start(int segment) {
    return starts[segment];
  }

  /** Ticks that a segment is presented for. */
  public long duration(int segment) {
    return starts[segment + 1] - starts[segment];
  }

  /** The longest segment's ticks. */
  public long longest() {
    long longest = 0;
    for (int i = 0; i < count(); i++) {
      longest = Math.max(longest, duration(i));
    }
    return longest;
  }

  /** The segment that is presented at a time, or the nearest. */
  public int at(long time) {
    int low = 0;
    int high = count() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (starts[middle] <= time) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** How many pictures can be shown by themselves; the first always counts. */
  public int keyFrameCount() {
    SampleTable samples = track.samples();
    int count = samples.syncCount();
    while (count > 0 && samples.sync(count - 1) >= firsts[count()]) {
      count--;
    }
    return samples.isSync(0) ? count : count + 1;
  }

  /** The sample that is such a picture. */
  public int keyFrame(int nth) {
    SampleTable samples = track.samples();
    return samples.isSync(0) ? samples.sync(nth) : nth == 0 ? 0 : samples.sync(nth - 1);
  }

  /** When such a picture is presented; for their count, when all ends. */
  public long keyFrameStart(int nth) {
    return nth == keyFrameCount()
        ? starts[count()]
        : track.samples().shownAt(keyFrame(nth)) + shift;
  }

  /** Payload bytes of a segment. */
  public long bytes(int segment) {
    return track.samples().bytes(first(segment), end(segment));
  }

  /** Bits a second of the segments, heads included. */
  public BitRate bitRate() {
    BitRate known = bitRate;
    if (known == null) {
      known = bitRateOfSegments();
      bitRate = known;
    }
    return known;
  }

  private BitRate bitRateOfSegments() {
    long longest = longest();
    double peak = 0;
    double bits = 0;
    for (int i = 0; i < count(); i++) {
      double some = bits(i);
      bits += some;
      // Of a short rest at the end no rate can be told.
      if (duration(i) * 2 > longest) {
        peak = Math.max(peak, some * timescale() / duration(i));
      }
    }
    long duration = starts[count()] - starts[0];
    return new BitRate(peak, duration == 0 ? 0 : bits * timescale() / duration);
  }

  /** Bits a second of {@link #keyFrame}s, each shown until the next one. */
  public BitRate keyFrameBitRate() {
    BitRate known = keyFrameBitRate;
    if (known == null) {
      known = bitRateOfKeyFrames();
      keyFrameBitRate = known;
    }
    return known;
  }

  private BitRate bitRateOfKeyFrames() {
    double peak = 0;
    long bytes = 0;
    for (int i = 0; i < keyFrameCount(); i++) {
      int size = track.samples().size(keyFrame(i));
      long ticks = Math.max(1, keyFrameStart(i + 1) - keyFrameStart(i));
      peak = Math.max(peak, 8.0 * size * timescale() / ticks);
      bytes += size;
    }
    return new BitRate(peak, 8.0 * bytes * timescale() / Math.max(1, starts[count()]));
  }

  private double bits(int segment) {
    int samples = end(segment) - first(segment);
    return 8.0 * (bytes(segment) + HEAD + (long) HEAD_OF_SAMPLE * samples);
  }

  /** Ticks to add to composition offsets so that none is negative: some players trip over those. */
  public int compositionShift() {
    return compositionShift;
  }

  /**
   * Ticks at the beginning of the segments' timeline that are decoded but not presented: an
   * encoder's priming, or the time by which pictures are decoded before they are shown. An edit
   * list hides it.
   */
  public long skip() {
    return Math.max(0, -(track.samples().decodeTime(first(0)) + shift - compositionShift));
  }

  /** Ticks to add to a sample's decode time to get that of the segments. */
  public long decodeShift() {
    return shift - compositionShift + skip();
  }

  /** Roughly how many bytes of memory these and the tables of the track take. */
  public long weight() {
    return track.samples().weight() + (long) (Integer.BYTES + Long.BYTES) * firsts.length;
  }
}
