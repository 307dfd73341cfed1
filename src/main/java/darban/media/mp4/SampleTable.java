package darban.media.mp4;

import darban.media.MalformedMedia;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the samples of a track lie and when they are decoded and shown: the sample table of a movie
 * (ISO/IEC 14496-12 §8.6 and §8.7) or what the runs of its fragments add up to.
 *
 * <p>Nothing here is an object a sample. Sizes are an array (none where all are equal), times are
 * runs of equal durations, places are those of chunks. A film of two hours takes a few megabytes.
 * Times are in ticks of the track. Immutable, any thread.
 */
public final class SampleTable {
  /** Of a track without samples, as in the head of a fragmented file. */
  public static final SampleTable EMPTY = new SampleTableBuilder().build();

  private final int count;
  private final int uniformSize;
  private final int[] sizes;
  private final long base;
  private final Runs durations;
  private final Runs compositions;
  private final int[] chunkFirsts;
  private final long[] chunkOffsets;
  private final int @Nullable [] syncs;
  private final boolean mixed;

  SampleTable(SampleTableBuilder from) {
    this.count = from.count();
    this.uniformSize = from.uniformSize;
    this.sizes = from.sizes;
    this.base = from.base;
    this.durations = from.durations.build(count);
    this.compositions = from.compositions.build(count);
    this.chunkFirsts = from.chunkFirsts;
    this.chunkOffsets = from.chunkOffsets;
    this.syncs = from.syncs;
    this.mixed = from.mixed;
  }

  /** Number of samples. */
  public int count() {
    return count;
  }

  /** Whether samples are of more than one description, so that one head cannot stand for all. */
  public boolean mixed() {
    return mixed;
  }

  /** Bytes of a sample. */
  public int size(int sample) {
    return uniformSize > 0 ? uniformSize : sizes[sample];
  }

  /** Ticks from a sample's decoding to the next one's. */
  public int duration(int sample) {
    return durations.value(sample);
  }

  /** When a sample is decoded; for the count of samples, when the last one ends. */
  public long decodeTime(int sample) {
    return base + durations.sumBefore(sample);
  }

  /** Ticks from decoding to showing; may be negative. */
  public int composition(int sample) {
    return compositions.value(sample);
  }

  /** The least of the ticks from decoding to showing. */
  public int leastComposition() {
    return compositions.least();
  }

  /** When a sample is shown, before edit lists. */
  public long shownAt(int sample) {
    return decodeTime(sample) + composition(sample);
  }

  /** Whether all samples are shown when they are decoded. */
  public boolean inOrder() {
    return compositions.allZero();
  }

  /** Ticks of all samples. */
  public long duration() {
    return durations.sumBefore(count);
  }

  /** The duration that most samples have; 0 without samples. */
  public int commonDuration() {
    return count == 0 ? 0 : durations.commonest();
  }

  /** Whether nine in ten samples have {@link #commonDuration}. */
  public boolean steady() {
    return count > 0 && durations.having(durations.commonest()) >= 0.9 * count;
  }

  /** Whether decoding can begin with a sample. */
  public boolean isSync(int sample) {
    return syncs == null || Arrays.binarySearch(syncs, sample) >= 0;
  }

  /** Number of samples that decoding can begin with. */
  public int syncCount() {
    return syncs == null ? count : syncs.length;
  }

  /** The sample that is number {@code nth} of those that decoding can begin with. */
  public int sync(int nth) {
    return syncs == null ? nth : syncs[nth];
  }

  /** Where a sample lies in the file. */
  public long offset(int sample) {
    int chunk = chunk(sample);
    return chunkOffsets[chunk] + bytes(chunkFirsts[chunk], sample);
  }

  private int chunk(int sample) {
    int found = Arrays.binarySearch(chunkFirsts, sample);
    return found >= 0 ? found : -found - 2;
  }

  /** Bytes of the samples from {@code from} to before {@code to}. */
  public long bytes(int from, int to) {
    if (uniformSize > 0) {
      return (long) uniformSize * (to - from);
    }
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += sizes[i];
    }
    return sum;
  }

  /** The sample that is decoded at {@code time} or the last before; the first if none is. */
  public int sampleAt(long time) {
    return time <= base ? 0 : durations.sampleAt(time - base);
  }

  /** The first sample that is decoded at {@code time} or later; the count if none is. */
  public int sampleFrom(long time) {
    if (time <= base || count == 0) {
      return 0;
    }
    int at = durations.sampleAt(time - base);
    return decodeTime(at) < time ? at + 1 : at;
  }

  /** Looks at samples one by one, from {@code first} on. */
  public Walk walk(int first) {
    return new Walk(first);
  }

  /** The failure of a file that does not hold all samples, or nothing. */
  void requireWithin(long fileLength, int track) {
    for (int chunk = 0; chunk < chunkOffsets.length; chunk++) {
      int end = chunk + 1 < chunkFirsts.length ? chunkFirsts[chunk + 1] : count;
      long last = chunkOffsets[chunk] + bytes(chunkFirsts[chunk], end);
      if (last > fileLength) {
        throw new MalformedMedia(
            "the file is cut: a sample of track "
                + track
                + " ends at byte "
                + last
                + " of "
                + fileLength);
      }
    }
  }

  /** Roughly how many bytes of memory this takes. */
  public long weight() {
    long numbers = sizes.length + chunkFirsts.length + 2L * chunkOffsets.length;
    return 4 * (numbers + durations.weight() + compositions.weight())
        + (syncs == null ? 0 : 4L * syncs.length);
  }

  /** A place that moves from sample to sample without searching. Confined to one thread. */
  public final class Walk {
    private int sample;
    private int chunk;
    private int durationRun;
    private int compositionRun;
    private int sync;
    private long offset;
    private long decodeTime;

    private Walk(int first) {
      this.sample = first;
      if (first >= count) {
        return;
      }
      this.chunk = chunk(first);
      this.durationRun = durations.run(first);
      this.compositionRun = compositions.run(first);
      this.offset = SampleTable.this.offset(first);
      this.decodeTime = SampleTable.this.decodeTime(first);
      if (syncs != null) {
        int found = Arrays.binarySearch(syncs, first);
        this.sync = found >= 0 ? found : -found - 1;
      }
    }

    /** The sample looked at; the count behind the last one. */
    public int sample() {
      return sample;
    }

    /** Its bytes. */
    public int size() {
      return SampleTable.this.size(sample);
    }

    /** Where it lies in the file. */
    public long offset() {
      return offset;
    }

    /** When it is decoded. */
    public long decodeTime() {
      return decodeTime;
    }

    /** Ticks to the next one's decoding. */
    public int duration() {
      return durations.valueOfRun(durationRun);
    }

    /** Ticks from decoding to showing. */
    public int composition() {
      return compositions.valueOfRun(compositionRun);
    }

    /** Whether decoding can begin with it. */
    public boolean isSync() {
      return syncs == null || (sync < syncs.length && syncs[sync] == sample);
    }

    /** Goes to the next sample; false if there is none. */
    public boolean next() {
      if (sample >= count) {
        return false;
      }
      offset += size();
      decodeTime += duration();
      if (syncs != null && sync < syncs.length && syncs[sync] == sample) {
        sync++;
      }
      sample++;
      if (sample == count) {
        return false;
      }
      if (sample == durations.end(durationRun)) {
        durationRun++;
      }
      if (sample == compositions.end(compositionRun)) {
        compositionRun++;
      }
      // Chunks without samples are not kept, so the next one is the one.
      if (chunk + 1 < chunkFirsts.length && chunkFirsts[chunk + 1] == sample) {
        offset = chunkOffsets[++chunk];
      }
      return true;
    }
  }
}
