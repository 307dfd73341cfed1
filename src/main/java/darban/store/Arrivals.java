package darban.store;

/** When the bytes of a content came from their origin. One loop notes it, any thread asks. */
public final class Arrivals {
  private volatile long first;
  private volatile long last;

  /** Bytes came. */
  void note(long nanos) {
    if (first == 0) {
      first = nanos;
    }
    last = nanos;
  }

  /**
   * How long ago the first bytes came, in nanoseconds, for who asked before they did; -1 for those
   * who asked later, for whom that says nothing.
   */
  public long lag(long asked, long now) {
    return first == 0 || first - asked < 0 ? -1 : now - first;
  }

  /** When the last bytes came that have come. */
  long last() {
    return last;
  }
}
