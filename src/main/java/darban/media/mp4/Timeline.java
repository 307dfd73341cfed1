package darban.media.mp4;

import darban.media.MalformedMedia;

/**
 * How the ticks of a track's samples become times of the presentation: its timescale, and what its
 * edit list (ISO/IEC 14496-12 §8.6.6) does. Immutable, any thread.
 *
 * @param timescale ticks per second
 * @param duration of the media in ticks as the file says it, which may be 0 or wrong
 * @param shift ticks from composition to presentation; negative where the edit list skips the
 *     beginning, as it does with an encoder's priming and with pictures shown out of order
 * @param end the presentation's end in ticks; what is shown from there on is cut away
 * @param cut whether the edit list does more than this can say, as films edited on a phone have it
 */
public record Timeline(int timescale, long duration, long shift, long end, boolean cut) {
  /** Of a track without an edit list. */
  static Timeline plain(int timescale, long duration) {
    return new Timeline(timescale, duration, 0, Long.MAX_VALUE, false);
  }

  /** {@code ticks} of one timescale in another, rounded down; both timescales are above 0. */
  public static long scaled(long ticks, int from, int to) {
    if (from == to) {
      return ticks;
    }
    long rest = Math.floorMod(ticks, (long) from);
    return joined(Math.floorDiv(ticks, (long) from), to, rest * to / from);
  }

  /** {@code ticks} of one timescale in another, to the nearest. */
  public static long nearest(long ticks, int from, int to) {
    if (from == to) {
      return ticks;
    }
    long rest = Math.floorMod(ticks, (long) from);
    return joined(Math.floorDiv(ticks, (long) from), to, (rest * to + from / 2) / from);
  }

  private static long joined(long whole, int to, long rest) {
    if (Math.abs(whole) > (1L << 62) / to) {
      throw new MalformedMedia("it has a time beyond all bounds");
    }
    return whole * to + rest;
  }
}
