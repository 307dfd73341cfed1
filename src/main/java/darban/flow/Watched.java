package darban.flow;

/** Something with deadlines, looked at about twice a second by its {@link Loop}. */
public interface Watched {
  /**
   * Checks the deadlines.
   *
   * @param nanos the time of {@link Loop#nanos}
   */
  void tick(long nanos);

  /** Bytes outside the heap that wait in it to be taken or sent. */
  default long held() {
    return 0;
  }

  /** Its place in the loop's list, or -1 outside; kept for the loop. */
  int watchIndex();

  /** Sets {@link #watchIndex}; for the loop only. */
  void watchIndex(int index);
}
