package darban.media.mp4;

import darban.media.MalformedMedia;
import darban.media.Piece;
import darban.media.Pieces;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where the samples of a track lie and when they are decoded and shown: the sample table of a movie
 * (ISO/IEC 14496-12 §8.6 and §8.7) or what the runs of its fragments add up to.
 *
 * <p>The first samples may be none of the file's, but all the same few bytes that were made here.
 *
 * <p>Nothing here is an object a sample. Times are runs of equal durations, places are those of
 * chunks, and all numbers are kept in few bits: a film of two hours takes a megabyte or two. Times
 * are in ticks of the track. Immutable, any thread.
 */
public final class SampleTable {
  /** Of a track without samples, as in the head of a fragmented file. */
  public static final SampleTable EMPTY = new SampleTableBuilder().build();

  /** More samples are not decoded before one that is shown earlier. */
  private static final int REORDERED = 32;

  private final int count;
  private final int uniformSize;
  private final Packed sizes;
  private final long base;
  private final Runs durations;
  private final Runs compositions;
  private final Packed chunkFirsts;
  private final Packed chunkOffsets;
  private final int longestChunk;
  private final @Nullable Packed syncs;
  private final boolean mixed;
  private final int madeCount;
  private final byte[] made;

  SampleTable(SampleTableBuilder from) {
    this.count = from.count();
    this.uniformSize = from.uniformSize;
    this.sizes = from.sizes.build();
    this.base = from.base;
    this.durations = from.durations.build(count);
    this.compositions = from.compositions.build(count);
    this.chunkFirsts = from.chunkFirsts.build();
    this.chunkOffsets = from.chunkOffsets.build();
    this.longestChunk = from.longestChunk();
    this.syncs = from.allSync ? null : from.syncs.build();
    this.mixed = from.mixed;
    this.madeCount = from.madeCount;
    this.made = from.made;
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
    return uniformSize > 0 ? uniformSize : (int) sizes.get(sample);
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

  /** Whether nothing is shown before the first sample: pictures may be that need none before it. */
  boolean isFirstShown() {
    int some = Math.min(count, REORDERED);
    return IntStream.range(1, some).allMatch(each -> shownAt(each) >= shownAt(0));
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
    return syncs == null || nthSync(sample + 1) > nthSync(sample);
  }

  /** Number of samples that decoding can begin with. */
  public int syncCount() {
    return syncs == null ? count : syncs.count();
  }

  /** How many samples before {@code sample} are listed as those that decoding can begin with. */
  private int nthSync(int sample) {
    return syncs == null ? sample : syncs.floor(sample - 1L) + 1;
  }

  /** The sample that is number {@code nth} of those that decoding can begin with. */
  public int sync(int nth) {
    return syncs == null ? nth : (int) syncs.get(nth);
  }

  /** Adds a sample to an answer, as a part of that file unless it was made here. */
  public void addTo(Pieces.Builder pieces, int sample, int file) {
    add(pieces, sample, file, sample < madeCount ? 0 : offset(sample));
  }

  private void add(Pieces.Builder pieces, int sample, int file, long offset) {
    if (sample < madeCount) {
      pieces.add(new Piece.Made(made));
    } else {
      pieces.range(file, offset, size(sample));
    }
  }

  /**
   * The same, but the first sample is decoded earlier by so many ticks, and lasts as much longer.
   */
  SampleTable withLongerFirst(int ticks) {
    SampleTableBuilder from = new SampleTableBuilder();
    from.decodingAt(base - ticks);
    from.addAll(this, ticks);
    return from.build();
  }

  /** The same behind {@code count} samples of {@code bytes}, each of so many ticks. */
  SampleTable after(int count, byte[] bytes, int ticks) {
    SampleTableBuilder from = new SampleTableBuilder();
    from.made(count, bytes, ticks, base - (long) count * ticks);
    from.addAll(this, 0);
    return from.build();
  }

  /** Where a sample lies in the file; nowhere that matters if it was made here. */
  public long offset(int sample) {
    int chunk = chunk(sample);
    return chunkOffsets.get(chunk) + bytes((int) chunkFirsts.get(chunk), sample);
  }

  private int chunk(int sample) {
    return chunkFirsts.floor(sample);
  }

  /** The sample that a chunk begins with; the count for the chunk behind the last one. */
  private int chunkFirst(int chunk) {
    return chunk < chunkFirsts.count() ? (int) chunkFirsts.get(chunk) : count;
  }

  /** Bytes of the samples from {@code from} to before {@code to}. */
  public long bytes(int from, int to) {
    return uniformSize > 0 ? (long) uniformSize * (to - from) : sizes.sum(from, to);
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
    // Only what lies near the end of the file needs to be added up.
    long near = fileLength - (uniformSize > 0 ? uniformSize : sizes.bound()) * longestChunk;
    int chunk = chunkOffsets.nextAbove(0, near);
    while (chunk < chunkOffsets.count()) {
      long length = bytes(chunkFirst(chunk), chunkFirst(chunk + 1));
      requireWithin(fileLength, chunkOffsets.get(chunk), length, track);
      chunk = chunkOffsets.nextAbove(chunk + 1, near);
    }
  }

  private static void requireWithin(long fileLength, long offset, long length, int track) {
    if (offset > fileLength - length) {
      throw new MalformedMedia(
          "the file is cut: a sample of track "
              + track
              + " ends at byte "
              + (offset + length)
              + " of "
              + fileLength);
    }
  }

  /** Roughly how many bytes of memory this takes. */
  public long weight() {
    return sizes.weight()
        + durations.weight()
        + compositions.weight()
        + chunkFirsts.weight()
        + chunkOffsets.weight()
        + (syncs == null ? 0 : syncs.weight());
  }

  /** A place that moves from sample to sample without searching. Confined to one thread. */
  public final class Walk {
    private int sample;
    private int chunk;
    private int nextChunk;
    private int durationRun;
    private int durationEnd;
    private int compositionRun;
    private int compositionEnd;
    private int sync;
    private int nextSync;
    private long offset;
    private long decodeTime;

    private Walk(int first) {
      this.sample = first;
      if (first >= count) {
        return;
      }
      this.chunk = chunk(first);
      this.nextChunk = chunkFirst(chunk + 1);
      this.durationRun = durations.run(first);
      this.durationEnd = durations.end(durationRun);
      this.compositionRun = compositions.run(first);
      this.compositionEnd = compositions.end(compositionRun);
      this.offset = SampleTable.this.offset(first);
      this.decodeTime = SampleTable.this.decodeTime(first);
      this.sync = nthSync(first);
      this.nextSync = syncOrCount();
    }

    private int syncOrCount() {
      return sync < syncCount() ? SampleTable.this.sync(sync) : count;
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

    /** Adds it to an answer, as {@link SampleTable#addTo}. */
    public void addTo(Pieces.Builder pieces, int file) {
      add(pieces, sample, file, offset);
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
      return nextSync == sample && sample < count;
    }

    /** Goes to the next sample; false if there is none. */
    public boolean next() {
      if (sample >= count) {
        return false;
      }
      offset += size();
      decodeTime += duration();
      if (nextSync == sample) {
        sync++;
        nextSync = syncOrCount();
      }
      sample++;
      if (sample == count) {
        return false;
      }
      if (sample == durationEnd) {
        durationEnd = durations.end(++durationRun);
      }
      if (sample == compositionEnd) {
        compositionEnd = compositions.end(++compositionRun);
      }
      // Chunks without samples are not kept, so the next one is the one.
      if (sample == nextChunk) {
        offset = chunkOffsets.get(++chunk);
        nextChunk = chunkFirst(chunk + 1);
      }
      return true;
    }
  }
}
