package darban.store;

import org.jspecify.annotations.Nullable;

/**
 * Where the latest parts that were asked for ended, so that those are known who ask for one after
 * the other. Guarded by the content's lock.
 */
final class Sequences {
  /** Clients whose way is followed at a time. */
  private static final int MOST = 4;

  /** Nothing before the first part is asked for: most contents are asked for whole. */
  private long @Nullable [] ends;

  private int latest;

  /** Notes a part; whether it begins where one of the latest ended. */
  boolean continues(long from, long to) {
    long[] ends = this.ends;
    if (ends == null) {
      ends = new long[MOST];
      this.ends = ends;
    }
    for (int i = 0; i < MOST; i++) {
      if (ends[i] == from && from > 0) {
        ends[i] = to;
        return true;
      }
    }
    ends[latest] = to;
    latest = (latest + 1) % MOST;
    return false;
  }
}
