package darban.media.mp4;

import darban.media.MalformedMedia;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a {@link SampleTable} is made of: from the tables of a movie, where each comes
 * whole, or from runs of fragments, where samples come one by one. Confined to one thread.
 */
final class SampleTableBuilder implements FragmentParser.Samples {
  private static final int[] NONE = {};

  private final Ints grownSizes = new Ints();
  private final Ints grownChunks = new Ints();
  private final Ints grownSyncs = new Ints();
  private long[] grownOffsets = new long[16];
  private boolean grown;
  private boolean allSync = true;
  private long end;

  /** Number of samples where all have {@link #uniformSize}. */
  int uniformCount;

  int uniformSize;
  int[] sizes = NONE;
  long base;
  final Runs.Builder durations = new Runs.Builder();
  final Runs.Builder compositions = new Runs.Builder();
  int[] chunkFirsts = NONE;
  long[] chunkOffsets = {};
  int @Nullable [] syncs;
  boolean mixed;

  int count() {
    return uniformSize > 0 ? uniformCount : sizes.length;
  }

  /** The last sample is made longer or shorter to fit. */
  @Override
  public void decodingAt(long time) {
    if (grownSizes.count() == 0) {
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
    grown = true;
    int chunks = grownChunks.count();
    if (chunks > 0 && grownChunks.last() == grownSizes.count()) {
      grownOffsets[chunks - 1] = offset;
      return;
    }
    if (chunks == grownOffsets.length) {
      grownOffsets = Arrays.copyOf(grownOffsets, Ints.grown(chunks));
    }
    grownOffsets[chunks] = offset;
    grownChunks.add(grownSizes.count());
  }

  @Override
  public void sample(int size, int duration, int composition, boolean sync) {
    if (sync) {
      grownSyncs.add(grownSizes.count());
    }
    allSync &= sync;
    grownSizes.add(size);
    durations.add(1, duration);
    compositions.add(1, composition);
    end += duration;
  }

  /** Adds all samples of a table. */
  void addAll(SampleTable table) {
    if (table.count() == 0) {
      return;
    }
    decodingAt(table.decodeTime(0));
    SampleTable.Walk at = table.walk(0);
    long expected = -1;
    do {
      if (at.offset() != expected) {
        chunkAt(at.offset());
      }
      sample(at.size(), at.duration(), at.composition(), at.isSync());
      expected = at.offset() + at.size();
    } while (at.next());
  }

  int grownCount() {
    return grownSizes.count();
  }

  SampleTable build() {
    if (grown) {
      sizes = grownSizes.trimmed();
      chunkFirsts = grownChunks.trimmed();
      chunkOffsets = Arrays.copyOf(grownOffsets, grownChunks.count());
      dropEmptyChunk();
      syncs = allSync ? null : grownSyncs.trimmed();
    }
    return new SampleTable(this);
  }

  private void dropEmptyChunk() {
    int last = chunkFirsts.length - 1;
    if (last >= 0 && chunkFirsts[last] == sizes.length) {
      chunkFirsts = Arrays.copyOf(chunkFirsts, last);
      chunkOffsets = Arrays.copyOf(chunkOffsets, last);
    }
  }
}
