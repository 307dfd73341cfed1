package darban.media.mp4;

import darban.media.Cursor;
import java.util.TreeSet;

/**
 * Where fragments begin, as indexes of a file say it: so that heads that lie far apart can be
 * fetched side by side. A hint only: whoever walks the file believes what he finds there. One
 * thread.
 */
final class FragmentIndex {
  private static final int MOST = 1 << 20;

  private final TreeSet<Long> starts = new TreeSet<>();

  /** Takes a segment index (ISO/IEC 14496-12 §8.16.3); {@code end} is where its box ends. */
  void segmentIndex(Box box, long end) {
    int version = box.version();
    Cursor in = box.body().skip(8);
    box.u32or64(version);
    long at = end + box.u32or64(version);
    in.skip(2);
    for (int left = in.u16(); left > 0; left--) {
      add(at);
      at += in.u32() & 0x7fff_ffff;
      in.skip(8);
    }
  }

  /** Takes the random access of all tracks (§8.8.9 to §8.8.11). */
  void randomAccess(Cursor mfra) {
    for (Box box : Box.in(mfra)) {
      if (box.type().equals("tfra")) {
        track(box);
      }
    }
  }

  private void track(Box box) {
    int version = box.version();
    Cursor in = box.body().skip(4);
    int lengths = in.i32();
    int numbers = (lengths >> 4 & 3) + (lengths >> 2 & 3) + (lengths & 3) + 3;
    for (long left = in.u32(); left > 0; left--) {
      box.u32or64(version);
      add(box.u32or64(version));
      in.skip(numbers);
    }
  }

  private void add(long start) {
    if (starts.size() < MOST) {
      starts.add(start);
    }
  }

  /** The places that lie behind {@code from} and before {@code to}, in order. */
  Iterable<Long> between(long from, long to) {
    return starts.subSet(from + 1, Math.max(from + 1, to));
  }
}
