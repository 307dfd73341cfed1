package darban.media.hls;

import darban.media.MalformedMedia;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Seconds as playlists write them, in microseconds. Pure. */
public final class Micros {
  /** One second. */
  public static final long SECOND = 1_000_000;

  private static final int LONGEST = 30;

  private Micros() {}

  /** Reads a decimal number of seconds. */
  static long parse(String seconds) {
    try {
      if (seconds.length() <= LONGEST && seconds.indexOf('e') < 0 && seconds.indexOf('E') < 0) {
        BigDecimal micros = new BigDecimal(seconds).movePointRight(6);
        return micros.setScale(0, RoundingMode.HALF_UP).longValueExact();
      }
    } catch (ArithmeticException | NumberFormatException notOne) {
      // Said below, as of those too long to be one.
    }
    throw new MalformedMedia("playlist: a duration is not a number");
  }

  /** As a playlist has it: no more digits than are needed. */
  static String text(long micros) {
    long whole = micros / SECOND;
    long part = Math.abs(micros % SECOND);
    String sign = micros < 0 && whole == 0 ? "-" : "";
    if (part == 0) {
      return sign + whole;
    }
    String digits = Long.toString(SECOND + part).substring(1);
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    return sign + whole + "." + digits.substring(0, end);
  }

  /**
   * Ticks in microseconds from the beginning of all, so that what lies between two of them adds up
   * without drifting.
   */
  public static long of(long ticks, int timescale) {
    long whole = Math.floorDiv(ticks, (long) timescale);
    long rest = Math.floorMod(ticks, (long) timescale);
    return whole * SECOND + (rest * SECOND + timescale / 2) / timescale;
  }
}
