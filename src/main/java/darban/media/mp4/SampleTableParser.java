package darban.media.mp4;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tables of a movie's track (ISO/IEC 14496-12 §8.5 to §8.9) into a {@link SampleTable}.
 * One for each track; confined to one thread.
 */
final class SampleTableParser {
  private final SampleTableBuilder out;
  private @Nullable Cursor chunkMap;
  private @Nullable Cursor randomAccess;
  private long[] chunkOffsets = {};
  private final Ints syncs = new Ints();
  private boolean syncsListed;

  SampleTableParser(SampleTableBuilder out) {
    this.out = out;
  }

  /** Takes a box of the sample table; one that says nothing of samples is passed over. */
  void take(Box box) {
    Cursor in = box.body();
    switch (box.type()) {
      case "stts" -> durations(box);
      case "ctts" -> compositions(box);
      case "stsz" -> sizes(box);
      case "stz2" -> compactSizes(box);
      case "stsc" -> {
        box.version();
        chunkMap = in;
      }
      case "stco", "co64" -> offsets(box, box.type().equals("co64") ? 8 : 4);
      // Of QuickTime: pictures that decoding may begin with although earlier ones are shown later.
      case "stss", "stps" -> syncs(box);
      case "sbgp" -> group(box);
      default -> {}
    }
  }

  private static int entries(Cursor in, int bytesEach) {
    long count = in.u32();
    if (count * bytesEach > in.remaining()) {
      throw in.malformed("is shorter than its " + count + " entries");
    }
    return (int) count;
  }

  /** All numbers of a table at once: one by one they would take several times as long. */
  private static int[] numbers(Cursor in, int eachEntry) {
    int[] numbers = new int[entries(in, 4 * eachEntry) * eachEntry];
    in.ints(numbers, 0, numbers.length);
    return numbers;
  }

  private void durations(Box box) {
    box.version();
    int[] runs = numbers(box.body(), 2);
    for (int i = 0; i < runs.length; i += 2) {
      if (runs[i + 1] < 0) {
        throw box.body().malformed("has a duration beyond all bounds");
      }
      out.durations.add(Integer.toUnsignedLong(runs[i]), runs[i + 1]);
    }
  }

  private void compositions(Box box) {
    box.version();
    int[] runs = numbers(box.body(), 2);
    for (int i = 0; i < runs.length; i += 2) {
      // Writers put negative numbers into version 0 too, so they are read as such there.
      out.compositions.add(Integer.toUnsignedLong(runs[i]), runs[i + 1]);
    }
  }

  private void sizes(Box box) {
    box.version();
    Cursor in = box.body();
    int uniform = in.i32();
    if (uniform < 0) {
      throw in.malformed("has a size beyond all bounds");
    }
    if (uniform > 0) {
      long count = in.u32();
      if (count > Integer.MAX_VALUE) {
        throw in.malformed("has more samples than can be counted");
      }
      out.uniformSize = uniform;
      out.uniformCount = (int) count;
      return;
    }
    int[] sizes = numbers(in, 1);
    for (int size : sizes) {
      if (size < 0) {
        throw in.malformed("has a size beyond all bounds");
      }
    }
    out.sizes = sizes;
  }

  private void compactSizes(Box box) {
    box.version();
    Cursor in = box.body();
    int bits = in.skip(3).u8();
    long count = in.u32();
    if ((bits != 4 && bits != 8 && bits != 16) || (count * bits + 7) / 8 > in.remaining()) {
      throw in.malformed("is shorter than its " + count + " entries");
    }
    int[] sizes = new int[(int) count];
    for (int i = 0; i < sizes.length; i++) {
      if (bits == 4) {
        sizes[i] = (i & 1) == 0 ? in.peek() >> 4 : in.u8() & 0xf;
      } else {
        sizes[i] = bits == 8 ? in.u8() : in.u16();
      }
    }
    out.sizes = sizes;
  }

  private void offsets(Box box, int bytesEach) {
    box.version();
    Cursor in = box.body();
    if (bytesEach == 8) {
      chunkOffsets = new long[entries(in, 8)];
      for (int i = 0; i < chunkOffsets.length; i++) {
        chunkOffsets[i] = in.u64();
      }
    } else {
      int[] offsets = numbers(in, 1);
      chunkOffsets = new long[offsets.length];
      for (int i = 0; i < offsets.length; i++) {
        chunkOffsets[i] = Integer.toUnsignedLong(offsets[i]);
      }
    }
  }

  private void syncs(Box box) {
    box.version();
    syncsListed |= box.type().equals("stss");
    for (int number : numbers(box.body(), 1)) {
      addSync(number - 1);
    }
  }

  private void addSync(int sample) {
    if (sample >= 0) {
      syncs.add(sample);
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

  private void addRandomAccess(Cursor in, int samples) {
    long sample = 0;
    for (int i = entries(in, 8); i > 0; i--) {
      long run = in.u32();
      long group = in.u32();
      if (group != 0) {
        for (long s = sample; s < Math.min(sample + run, samples); s++) {
          syncs.add((int) s);
        }
      }
      sample += run;
    }
  }

  /** Brings the tables together, once all have been taken. */
  SampleTable table(int track) {
    int count = out.count();
    if (count > 0 && out.durations.count() == 0) {
      throw new MalformedMedia("track " + track + " has samples but no times");
    }
    chunks(count, track);
    if (syncsListed) {
      // Where all sizes are equal, their number is not bounded by the bytes of a table.
      if (randomAccess != null && out.uniformSize == 0) {
        addRandomAccess(randomAccess, count);
      }
      out.syncs = ordered(syncs.trimmed(), count);
    }
    return out.build();
  }

  /** Sorted, each once, none beyond the last sample. */
  private static int[] ordered(int[] samples, int count) {
    boolean already = true;
    for (int i = 1; i < samples.length; i++) {
      already &= samples[i - 1] < samples[i];
    }
    int[] sorted = already ? samples : Arrays.stream(samples).sorted().distinct().toArray();
    int end = sorted.length;
    while (end > 0 && sorted[end - 1] >= count) {
      end--;
    }
    return Arrays.copyOf(sorted, end);
  }

  /**
   * Which samples each chunk holds (§8.7.4); chunks without samples are left out. Tables are large,
   * so they are copied only where they become shorter.
   */
  private void chunks(int count, int track) {
    int[] firsts = new int[Math.min(chunkOffsets.length, count)];
    Cursor map = chunkMap == null ? Cursor.over(ByteBuffer.allocate(4), "stsc") : chunkMap;
    int[] runs = numbers(map, 3);
    int run = 0;
    long next = runs.length > 0 ? Integer.toUnsignedLong(runs[0]) : 0;
    long perChunk = 0;
    long sample = 0;
    int kept = 0;
    for (int chunk = 1; chunk <= chunkOffsets.length && sample < count; chunk++) {
      if (chunk == next) {
        perChunk = Integer.toUnsignedLong(runs[run + 1]);
        out.mixed |= Integer.toUnsignedLong(runs[run + 2]) > 1;
        run += 3;
        next = run < runs.length ? Integer.toUnsignedLong(runs[run]) : 0;
      }
      if (perChunk > 0) {
        firsts[kept] = (int) sample;
        chunkOffsets[kept++] = chunkOffsets[chunk - 1];
      }
      sample += perChunk;
    }
    if (sample < count) {
      throw new MalformedMedia("track " + track + " has samples that lie in no chunk");
    }
    out.chunkFirsts = kept == firsts.length ? firsts : Arrays.copyOf(firsts, kept);
    out.chunkOffsets =
        kept == chunkOffsets.length ? chunkOffsets : Arrays.copyOf(chunkOffsets, kept);
  }
}
