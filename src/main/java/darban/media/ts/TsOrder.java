package darban.media.ts;

import darban.media.mp4.SampleTable;
import darban.media.mp4.Timeline;
import darban.media.segment.Segments;
import java.util.List;

/**
 * In which order the samples of tracks go into one segment: by the time they are decoded, a picture
 * at a time, sounds in groups that fill some packets. Confined to one thread.
 */
public final class TsOrder {
  private static final int TICKS = 90_000;

  /** More sound is not put together: a twelfth of a second, and what a header can say. */
  private static final int LONGEST_GROUP = TICKS / 12;

  private static final int LARGEST_GROUP = 4096;

  private final List<Segments> tracks;
  private final int[] at;
  private final int[] ends;
  private int stream = -1;
  private int first;
  private int count;
  private int bytes;

  private TsOrder(List<Segments> tracks, int[] at, int[] ends) {
    this.tracks = tracks;
    this.at = at;
    this.ends = ends;
  }

  /**
   * The samples of segment {@code number}: of the first track, and what is heard meanwhile of the
   * others.
   */
  public static TsOrder of(List<Segments> tracks, int number) {
    Segments main = tracks.getFirst();
    int[] at = new int[tracks.size()];
    int[] ends = new int[tracks.size()];
    boolean last = number == main.count() - 1;
    for (int i = 0; i < at.length; i++) {
      Segments each = tracks.get(i);
      at[i] =
          i == 0
              ? each.first(number)
              : number == 0 ? each.first(0) : from(each, main.start(number), main);
      int end = each.end(each.count() - 1);
      ends[i] =
          i == 0
              ? each.end(number)
              : last ? end : Math.min(end, from(each, main.start(number + 1), main));
    }
    return new TsOrder(tracks, at, ends);
  }

  private static int from(Segments of, long time, Segments main) {
    long ticks = Timeline.nearest(time, main.timescale(), of.timescale());
    int sample = of.track().samples().sampleFrom(ticks - of.presentationShift());
    return Math.clamp(sample, of.first(0), of.end(of.count() - 1));
  }

  /** Goes to the next picture or group of sounds; false if there is none. */
  public boolean next() {
    stream = -1;
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < at.length; i++) {
      if (at[i] < ends[i] && decoded(i, at[i]) < earliest) {
        earliest = decoded(i, at[i]);
        stream = i;
      }
    }
    if (stream < 0) {
      return false;
    }
    SampleTable samples = tracks.get(stream).track().samples();
    first = at[stream];
    bytes = samples.size(first);
    count = 1;
    while (grows(samples, earliest)) {
      bytes += samples.size(first + count++);
    }
    at[stream] += count;
    return true;
  }

  private boolean grows(SampleTable samples, long start) {
    int next = first + count;
    return tracks.get(stream).track().isAudio()
        && next < ends[stream]
        && (long) bytes + samples.size(next) <= LARGEST_GROUP
        && decoded(stream, next) - start < LONGEST_GROUP;
  }

  private long decoded(int i, int sample) {
    Segments of = tracks.get(i);
    long ticks = of.track().samples().decodeTime(sample) + of.presentationShift();
    return Timeline.nearest(ticks, of.timescale(), TICKS);
  }

  /** Which track it is of. */
  public int stream() {
    return stream;
  }

  /** The first sample. */
  public int first() {
    return first;
  }

  /** How many samples; 1 for a picture. */
  public int count() {
    return count;
  }

  /** Payload bytes of all of them. */
  public int bytes() {
    return bytes;
  }

  /** When the first is decoded, in ticks of 1/90000. */
  public long decoded() {
    return decoded(stream, first);
  }

  /** When the first is shown, in ticks of 1/90000. */
  public long shown() {
    Segments of = tracks.get(stream);
    long ticks = of.track().samples().shownAt(first) + of.presentationShift();
    return Timeline.nearest(ticks, of.timescale(), TICKS);
  }

  /** Whether decoding can begin with the first. */
  public boolean isSync() {
    return tracks.get(stream).track().samples().isSync(first);
  }
}
