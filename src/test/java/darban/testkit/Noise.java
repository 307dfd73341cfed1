package darban.testkit;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Bytes that are made from a name, so that any run of them tells whose they are and from where. Any
 * thread.
 */
public final class Noise {
  private static final int LONGEST = 16 << 20;
  private static final int PERIOD = 1_048_573;
  private static final byte[] ALL = all();

  private Noise() {}

  private static byte[] all() {
    byte[] all = new byte[PERIOD + LONGEST];
    new SplittableRandom(7).nextBytes(all);
    for (int at = PERIOD; at < all.length; at += PERIOD) {
      System.arraycopy(all, 0, all, at, Math.min(PERIOD, all.length - at));
    }
    // Or a megabyte further on everything would look the same.
    for (int at = 0; at < all.length; at += 512) {
      all[at] = (byte) (at / PERIOD * 31 + at / 512);
    }
    return all;
  }

  private static int start(String name) {
    return Math.floorMod(name.hashCode() * 0x9E3779B9, PERIOD);
  }

  /** The array in which the bytes of {@code name} lie, from {@link #at} on; not to be changed. */
  @SuppressWarnings("MutablePublicArray")
  public static byte[] array() {
    return ALL;
  }

  /** Where in the array the byte of {@code name} at {@code offset} lies. */
  public static int at(String name, int offset) {
    return start(name) + offset;
  }

  /** Whether the first {@code n} of {@code bytes} are those of {@code name} from there on. */
  public static boolean is(String name, int offset, byte[] bytes, int n) {
    int at = at(name, offset);
    return Arrays.equals(ALL, at, at + n, bytes, 0, n);
  }
}
