package darban.media.mp4;

import darban.media.Cursor;
import java.util.HashMap;
import java.util.Map;

/**
 * What samples of fragments are where the fragments do not say it (ISO/IEC 14496-12 §8.8.3).
 * Immutable once the head is read, then any thread.
 */
public final class FragmentDefaults {
  private static final Sample NOTHING = new Sample(0, 0, 0);

  private final Map<Integer, Sample> tracks = new HashMap<>();

  /**
   * A sample of which nothing is said.
   *
   * @param duration in ticks
   * @param size in bytes
   * @param flags of §8.8.3.1
   */
  record Sample(int duration, int size, int flags) {}

  FragmentDefaults() {}

  void read(Cursor mvex) {
    for (Box box : Box.in(mvex)) {
      if (box.type().equals("trex")) {
        box.version();
        int track = box.body().i32();
        Cursor in = box.body().skip(4);
        tracks.put(track, new Sample(in.i32(), in.i32(), in.i32()));
      }
    }
  }

  Sample of(int track) {
    return tracks.getOrDefault(track, NOTHING);
  }
}
