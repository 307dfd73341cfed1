package darban.media.mp4;

import darban.media.Cursor;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads heads of movie fragments (ISO/IEC 14496-12 §8.8). Knows the movie's defaults and tells the
 * samples of each track to whom they belong. Confined to one thread.
 */
public final class FragmentParser {
  /** More samples than this are not in one run of any honest file: a second has 50 or so. */
  private static final int MOST_IN_RUN = 1 << 20;

  private static final int NOT_SYNC = 0x10000;

  private final FragmentDefaults defaults;
  private final IntFunction<@Nullable Samples> of;

  /** Who is told the samples of a track. */
  public interface Samples {
    /** Decoding goes on at {@code time}. */
    void decodingAt(long time);

    /** The samples that follow lie one behind the other from {@code offset} in the file on. */
    void chunkAt(long offset);

    /** A sample. */
    void sample(int size, int duration, int composition, boolean sync);
  }

  /** What holds in one track fragment. */
  private static final class Context {
    private final Samples samples;
    private final long base;
    private final FragmentDefaults.Sample defaults;
    private long next;

    Context(Samples samples, long base, FragmentDefaults.Sample defaults) {
      this.samples = samples;
      this.base = base;
      this.next = base;
      this.defaults = defaults;
    }
  }

  /** A parser that tells {@code of} a track's number what its samples are; null: nobody. */
  public FragmentParser(FragmentDefaults defaults, IntFunction<@Nullable Samples> of) {
    this.defaults = defaults;
    this.of = of;
  }

  /** Reads what a {@code moof} holds, which begins at {@code offset} in the file. */
  public void read(Cursor moof, long offset) {
    long end = offset;
    for (Box box : Box.in(moof)) {
      if (box.type().equals("traf")) {
        end = trackFragment(box.body(), offset, end);
      }
    }
  }

  /** The end of the data of the track fragment. */
  private long trackFragment(Cursor traf, long moof, long previousEnd) {
    Context context = null;
    for (Box box : Box.in(traf)) {
      switch (box.type()) {
        case "tfhd" -> context = header(box.body(), moof, previousEnd);
        case "tfdt" -> {
          if (context != null) {
            context.samples.decodingAt(box.u32or64(box.version()));
          }
        }
        case "trun" -> {
          if (context != null) {
            run(box.body(), context);
          }
        }
        default -> {}
      }
    }
    return context == null ? previousEnd : context.next;
  }

  private @Nullable Context header(Cursor in, long moof, long previousEnd) {
    int flags = in.i32();
    int track = in.i32();
    Samples samples = of.apply(track);
    long base = (flags & 0x20000) != 0 ? moof : previousEnd;
    if ((flags & 1) != 0) {
      base = in.u64();
    }
    in.skip((flags & 2) != 0 ? 4 : 0);
    FragmentDefaults.Sample usual = defaults.of(track);
    FragmentDefaults.Sample here =
        new FragmentDefaults.Sample(
            (flags & 8) != 0 ? in.i32() : usual.duration(),
            (flags & 0x10) != 0 ? in.i32() : usual.size(),
            (flags & 0x20) != 0 ? in.i32() : usual.flags());
    return samples == null ? null : new Context(samples, base, here);
  }

  private static void run(Cursor in, Context context) {
    int flags = in.i32() & 0xffffff;
    long count = in.u32();
    long offset = (flags & 1) != 0 ? context.base + in.i32() : context.next;
    int first = (flags & 4) != 0 ? in.i32() : -1;
    int fields = Integer.bitCount(flags & 0xf00);
    if (count > MOST_IN_RUN || count * fields * 4 > in.remaining() || offset < 0) {
      throw in.malformed("is shorter than its " + count + " samples");
    }
    context.samples.chunkAt(offset);
    FragmentDefaults.Sample usual = context.defaults;
    for (int i = 0; i < count; i++) {
      int duration = (flags & 0x100) != 0 ? in.i32() : usual.duration();
      int size = (flags & 0x200) != 0 ? in.i32() : usual.size();
      int own = (flags & 0x400) != 0 ? in.i32() : usual.flags();
      int composition = (flags & 0x800) != 0 ? in.i32() : 0;
      if (duration < 0 || size < 0) {
        throw in.malformed("has a sample beyond all bounds");
      }
      boolean sync = ((i == 0 && (flags & 4) != 0 ? first : own) & NOT_SYNC) == 0;
      context.samples.sample(size, duration, composition, sync);
      offset += size;
    }
    context.next = offset;
  }
}
