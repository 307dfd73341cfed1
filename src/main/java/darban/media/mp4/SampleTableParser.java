package darban.media.mp4;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tables of a movie's track (ISO/IEC 14496-12 §8.5 to §8.9) into a {@link SampleTable}:
 * each of them once, from where it lies. One for each track; confined to one thread.
 */
final class SampleTableParser {
  private static final Cursor NOTHING = Cursor.over(new byte[8], "sample table");

  /** No picture is held back for so many ticks; FFmpeg ignores a table that says so. */
  private static final int FARTHEST_SHOWN = 1 << 28;

  /** Films that play well have nonsense here, and FFmpeg bears with it too. */
  private static final int LAST_ROWS = 2;

  /** So many chunks are handed on at once: one by one they would take several times as long. */
  private static final int AT_ONCE = 256;

  private final SampleTableBuilder out = new SampleTableBuilder();
  private Cursor durations = NOTHING.duplicate();
  private Cursor compositions = NOTHING.duplicate();
  private Cursor sizes = NOTHING.duplicate();
  private boolean compactSizes;
  private Cursor chunkMap = NOTHING.duplicate();
  private Cursor chunkOffsets = NOTHING.duplicate();
  private boolean largeOffsets;
  private @Nullable Cursor randomAccess;
  private final Ints syncs = new Ints();

  /** Takes a box of the sample table; one that says nothing of samples is passed over. */
  void take(Box box) {
    switch (box.type()) {
      case "stts" -> durations = versioned(box);
      case "ctts" -> compositions = versioned(box);
      case "stsz", "stz2" -> {
        sizes = versioned(box);
        compactSizes = box.type().equals("stz2");
      }
      case "stsc" -> chunkMap = versioned(box);
      case "stco", "co64" -> {
        chunkOffsets = versioned(box);
        largeOffsets = box.type().equals("co64");
      }
      // Of QuickTime: pictures that decoding may begin with although earlier ones are shown later.
      case "stss", "stps" -> {
        out.allSync &= box.type().equals("stps");
        syncs(new Rows(versioned(box), 1));
      }
      case "sbgp" -> group(box);
      default -> {}
    }
  }

  private static Cursor versioned(Box box) {
    box.version();
    return box.body();
  }

  private void syncs(Rows rows) {
    while (rows.next()) {
      if (rows.number(0) > 0) {
        syncs.add(rows.number(0) - 1);
      }
    }
  }

  /** Groups of samples that decoding can begin with (§10.4, §10.8). */
  private void group(Box box) {
    int version = box.version();
    String type = box.body().fourCc();
    if (type.equals("rap ") || type.equals("sync")) {
      box.body().skip(version == 1 ? 4 : 0);
      randomAccess = box.body();
    }
  }

  /** Brings the tables together, once all have been taken. */
  SampleTable table(int track) {
    if (compactSizes) {
      compactSizes();
    } else {
      sizes();
    }
    int count = out.count();
    durations(count);
    if (count > 0 && out.durations.count() == 0) {
      throw new MalformedMedia("track " + track + " has samples but no times");
    }
    compositions(count, track);
    chunks(count, track);
    if (!out.allSync) {
      // Where all sizes are equal, their number is not bounded by the bytes of a table.
      if (randomAccess != null && out.uniformSize == 0) {
        addRandomAccess(new Rows(randomAccess, 2), count);
      }
      order(syncs.trimmed(), count);
    }
    return out.build();
  }

  private void durations(int count) {
    for (Rows rows = new Rows(durations, 2); rows.next(); ) {
      if (rows.number(1) < 0) {
        throw durations.malformed("has a duration beyond all bounds");
      }
      out.durations.addUpTo(count, rows.unsigned(0), rows.number(1));
    }
  }

  private void compositions(int count, int track) {
    long farthest = Math.max(FARTHEST_SHOWN, out.durations.sum());
    Rows rows = new Rows(compositions, 2);
    for (int row = 0; rows.next(); row++) {
      // Writers put negative numbers into version 0 too, so they are read as such there.
      int ticks = rows.number(1);
      boolean told = out.compositions.count() < count && row < rows.count() - LAST_ROWS;
      if (told && Math.abs((long) ticks) > farthest) {
        throw new MalformedMedia(
            "track " + track + " has samples that are shown far away from its others");
      }
      out.compositions.addUpTo(count, rows.unsigned(0), ticks);
    }
  }

  private void sizes() {
    int uniform = sizes.i32();
    if (uniform < 0) {
      throw sizes.malformed("has a size beyond all bounds");
    }
    if (uniform > 0) {
      long count = sizes.u32();
      if (count > Integer.MAX_VALUE) {
        throw sizes.malformed("has more samples than can be counted");
      }
      out.uniformSize = uniform;
      out.uniformCount = (int) count;
      return;
    }
    for (Rows rows = new Rows(sizes, 1); rows.nextSome(); ) {
      if (!rows.allPositive()) {
        throw sizes.malformed("has a size beyond all bounds");
      }
      rows.addTo(out.sizes);
    }
  }

  private void compactSizes() {
    int bits = sizes.skip(3).u8();
    long count = sizes.u32();
    if ((bits != 4 && bits != 8 && bits != 16) || (count * bits + 7) / 8 > sizes.remaining()) {
      throw sizes.malformed("is shorter than its " + count + " entries");
    }
    for (int i = 0; i < count; i++) {
      if (bits == 4) {
        out.sizes.add((i & 1) == 0 ? sizes.peek() >> 4 : sizes.u8() & 0xf);
      } else {
        out.sizes.add(bits == 8 ? sizes.u8() : sizes.u16());
      }
    }
  }

  private void addRandomAccess(Rows rows, int samples) {
    long sample = 0;
    while (rows.next()) {
      long end = sample + rows.unsigned(0);
      if (rows.number(1) != 0) {
        for (long s = sample; s < Math.min(end, samples); s++) {
          syncs.add((int) s);
        }
      }
      sample = end;
    }
  }

  /** Sorted, each once, none beyond the last sample. */
  private void order(int[] samples, int count) {
    boolean already = true;
    for (int i = 1; i < samples.length; i++) {
      already &= samples[i - 1] < samples[i];
    }
    for (int sample : already ? samples : Arrays.stream(samples).sorted().distinct().toArray()) {
      if (sample < count) {
        out.syncs.add(sample);
      }
    }
  }

  /** Which samples each chunk holds (§8.7.4); chunks without samples are left out. */
  private void chunks(int count, int track) {
    Rows places = new Rows(chunkOffsets, largeOffsets ? 2 : 1);
    Rows runs = new Rows(chunkMap, 3);
    long next = runs.next() ? runs.unsigned(0) : 0;
    long perChunk = 0;
    long sample = 0;
    long[] firsts = new long[AT_ONCE];
    long[] offsets = new long[AT_ONCE];
    int some = 0;
    for (int chunk = 1; sample < count && places.next(); chunk++) {
      if (chunk == next) {
        perChunk = runs.unsigned(1);
        out.mixed |= runs.unsigned(2) > 1;
        next = runs.next() ? runs.unsigned(0) : 0;
      }
      if (perChunk > 0) {
        firsts[some] = sample;
        offsets[some] = largeOffsets ? places.large() : places.unsigned(0);
        sample += perChunk;
        if (++some == AT_ONCE) {
          out.chunks(firsts, offsets, some);
          some = 0;
        }
      }
    }
    out.chunks(firsts, offsets, some);
    if (sample < count) {
      throw new MalformedMedia("track " + track + " has samples that lie in no chunk");
    }
  }
}
