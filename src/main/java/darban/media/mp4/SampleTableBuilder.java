package darban.media.mp4;

import darban.media.MalformedMedia;

/**
 * Collects what a {@link SampleTable} is made of: from the tables of a movie, one after the other,
 * or from runs of fragments, sample by sample. Confined to one thread.
 */
final class SampleTableBuilder implements FragmentParser.Samples {
  /** Number of samples where all have {@link #uniformSize}. */
  int uniformCount;

  int uniformSize;
  final Packed.Builder sizes = new Packed.Builder();
  long base;
  final Runs.Builder durations = new Runs.Builder(true);
  final Runs.Builder compositions = new Runs.Builder(false);
  final Packed.Builder chunkFirsts = new Packed.Builder();
  final Packed.Builder chunkOffsets = new Packed.Builder();
  final Packed.Builder syncs = new Packed.Builder();
  boolean allSync = true;
  boolean mixed;
  int madeCount;
  byte[] made = {};

  private long end;
  private long chunk;
  private boolean chunkBegins;
  private int longestChunk;

  int count() {
    return uniformSize > 0 ? uniformCount : sizes.count();
  }

  /** The last sample is made longer or shorter to fit. */
  @Override
  public void decodingAt(long time) {
    if (sizes.count() == 0) {
      base = time;
    } else if (time != end) {
      long last = durations.last() + (time - end);
      if (last < 0 || last > Integer.MAX_VALUE) {
        throw new MalformedMedia("a fragment's time lies before that of the one before it");
      }
      durations.replaceLast((int) last);
    }
    end = time;
  }

  @Override
  public void chunkAt(long offset) {
    chunk = offset;
    chunkBegins = true;
  }

  @Override
  public void sample(int size, int duration, int composition, boolean sync) {
    int sample = sizes.count();
    if (chunkBegins) {
      chunk(sample, chunk);
      chunkBegins = false;
    }
    if (sync) {
      syncs.add(sample);
    }
    allSync &= sync;
    sizes.add(size);
    durations.add(1, duration);
    compositions.add(1, composition);
    end += duration;
  }

  /** A chunk that begins with a sample and lies at {@code offset} in the file. */
  void chunk(int first, long offset) {
    if (chunkFirsts.count() > 0) {
      longestChunk = Math.max(longestChunk, first - (int) chunkFirsts.last());
    }
    chunkFirsts.add(first);
    chunkOffsets.add(offset);
  }

  /** The first {@code some} of such chunks. */
  void chunks(long[] firsts, long[] offsets, int some) {
    long before = chunkFirsts.count() > 0 ? chunkFirsts.last() : firsts[0];
    for (int i = 0; i < some; i++) {
      longestChunk = Math.max(longestChunk, (int) (firsts[i] - before));
      before = firsts[i];
    }
    chunkFirsts.addAll(firsts, some);
    chunkOffsets.addAll(offsets, some);
  }

  /** The most samples that a chunk has; the last one has all that are left. */
  int longestChunk() {
    return chunkFirsts.count() == 0
        ? 0
        : Math.max(longestChunk, count() - (int) chunkFirsts.last());
  }

  /** Begins with samples that are in no file, the first of which is decoded at {@code time}. */
  void made(int count, byte[] bytes, int duration, long time) {
    decodingAt(time);
    chunkAt(0);
    for (int i = 0; i < count; i++) {
      sample(bytes.length, duration, 0, true);
    }
    madeCount = count;
    made = bytes;
  }

  /** Adds all samples of a table, at their times. */
  void addAll(SampleTable table) {
    if (table.count() > 0) {
      decodingAt(table.decodeTime(0));
      addAll(table, 0);
    }
  }

  /** Adds all samples of a table, of which the first lasts so many ticks more. */
  void addAll(SampleTable table, int more) {
    SampleTable.Walk at = table.walk(0);
    long expected = -1;
    do {
      if (at.offset() != expected) {
        chunkAt(at.offset());
      }
      int duration = at.duration() + (at.sample() == 0 ? more : 0);
      sample(at.size(), duration, at.composition(), at.isSync());
      expected = at.offset() + at.size();
    } while (at.next());
  }

  SampleTable build() {
    return new SampleTable(this);
  }
}
