package darban.base;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 64KiB}, {@code 10MB}, {@code 512}. */
public final class ByteSize {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,18})(?:\\.(\\d{1,3}))?(?: (?=[kKMGTB]))?([kKMGT]i?)?B?");

  private ByteSize() {}

  /**
   * Reads a size in bytes: a number, then {@code B}, {@code kB MB GB TB} (powers of 1000) or {@code
   * KiB MiB GiB TiB} (powers of 1024). Empty when {@code text} is none or does not fit a long.
   */
  public static OptionalLong parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      return OptionalLong.empty();
    }
    String unit = m.group(3) == null ? "" : m.group(3);
    long factor = factor(unit);
    String fraction = m.group(2);
    if (fraction != null && factor == 1) {
      return OptionalLong.empty();
    }
    try {
      long whole = Math.multiplyExact(Long.parseLong(m.group(1)), factor);
      long part =
          fraction == null
              ? 0
              : Long.parseLong(fraction) * factor / (long) Math.pow(10, fraction.length());
      return OptionalLong.of(Math.addExact(whole, part));
    } catch (ArithmeticException tooLarge) {
      return OptionalLong.empty();
    }
  }

  private static long factor(String unit) {
    if (unit.isEmpty()) {
      return 1;
    }
    int power = "kmgt".indexOf(Character.toLowerCase(unit.charAt(0))) + 1;
    return (long) Math.pow(unit.endsWith("i") ? 1024 : 1000, power);
  }

  /** The shortest exact or one-decimal form in binary units: {@code 1.5MiB}. */
  public static String format(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    String number =
        value == Math.rint(value)
            ? Long.toString((long) value)
            : String.format(java.util.Locale.ROOT, "%.1f", value);
    return number + units[unit];
  }
}
