package darban.config;

import java.util.Optional;

/** Shapes of numbers: decimal digits and nothing that two YAML readers could read differently. */
final class Numbers {
  private static final String DIGITS = "[-+]?(0|[1-9][0-9]*)";

  private Numbers() {}

  /** A whole number from {@code min} to {@code max}. */
  static Shape<Integer> integer(int min, int max) {
    String noun = "a whole number" + range(min, max, Integer.MIN_VALUE, Integer.MAX_VALUE);
    return Shape.parsed(
        new Form.Numeric(noun, true, min, max),
        Numbers::hint,
        text -> {
          boolean digits = text.length() < 19 && text.matches(DIGITS);
          long value = digits ? Long.parseLong(text) : Long.MAX_VALUE;
          return value >= min && value <= max ? Optional.of((int) value) : Optional.empty();
        });
  }

  /** A number, perhaps with a fraction, from {@code min} to {@code max}. */
  static Shape<Double> decimal(double min, double max) {
    String noun = "a number" + range(min, max, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    return Shape.parsed(
        new Form.Numeric(noun, false, min, max),
        _ -> "write it in digits",
        text -> {
          boolean digits = text.matches("[-+]?[0-9]{1,15}([.][0-9]{1,15})?");
          double value = digits ? Double.parseDouble(text) : Double.NaN;
          return value >= min && value <= max ? Optional.of(value) : Optional.empty();
        });
  }

  private static <T extends Comparable<T>> String range(T min, T max, T least, T most) {
    boolean below = min.compareTo(least) > 0;
    boolean above = max.compareTo(most) < 0;
    return below && above
        ? " from " + min + " to " + max
        : below ? ", at least " + min : above ? ", at most " + max : "";
  }

  private static String hint(String text) {
    if (text.matches(DIGITS)) {
      return "choose one in that range";
    }
    if (text.matches("0[xX][0-9a-fA-F]{1,7}")) {
      return "write `" + Integer.parseInt(text.substring(2), 16) + "`";
    }
    if (text.matches("0+[1-9][0-9]{0,17}")) {
      return "write `" + text.replaceFirst("0+", "") + "`, some read a leading zero as octal";
    }
    if (text.matches("[0-9]{1,3}([_,][0-9]{3}){1,5}")) {
      return "write `" + text.replaceAll("[_,]", "") + "`";
    }
    return "write it in digits";
  }
}
