package darban.media.ts;

/**
 * Times of 33 bits made such that go on when those begin anew, after 26 hours (ISO/IEC 13818-1
 * §2.4.3.7): each is the one next to that before it, of whatever stream of the program. In ticks of
 * 1/90000, never below 0. Confined to one thread.
 */
final class ProgramClock {
  static final int TICKS = 90_000;

  private static final long MODULUS = 1L << 33;

  /** Streams that are sent together are no further apart. */
  private static final long JUMP = 2L * TICKS;

  private final Runnable jumped;
  private long last = -1;

  /**
   * Not begun yet.
   *
   * @param jumped told before a time is given that does not go on from those before it
   */
  ProgramClock(Runnable jumped) {
    this.jumped = jumped;
  }

  long time(long wrapped) {
    long before = last < 0 ? wrapped : last;
    last = before + signed(wrapped - before);
    last += last < 0 ? MODULUS : 0;
    if (Math.abs(last - before) > JUMP) {
      jumped.run();
    }
    return last;
  }

  /** The difference of two times. */
  static long signed(long difference) {
    return Math.floorMod(difference + MODULUS / 2, MODULUS) - MODULUS / 2;
  }
}
