package darban.store;

/**
 * Where the latest parts that were asked for ended, so that those are known who ask for one after
 * the other. Guarded by the content's lock.
 */
final class Sequences {
  /** Clients whose way is followed at a time. */
  private static final int MOST = 4;

  private final long[] ends = new long[MOST];
  private int latest;

  /** Notes a part; whether it begins where one of the latest ended. */
  boolean continues(long from, long to) {
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
