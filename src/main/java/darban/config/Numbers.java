package darban.config;

import static darban.config.Problem.quote;

import java.util.Optional;

/** Shapes of numbers: decimal digits and nothing that two YAML readers could read differently. */
final class Numbers {
  private Numbers() {}

  /** A whole number from {@code min} to {@code max}. */
  static Shape<Integer> integer(int min, int max) {
    String noun = "a whole number" + range(min, max, Integer.MIN_VALUE, Integer.MAX_VALUE);
    Form form = new Form.Numeric(noun, true, min, max);
    return Shape.ofText(
        form,
        "",
        (scalar, problems) -> {
          String text = scalar.text();
          boolean digits = text.matches("[-+]?(0|[1-9][0-9]*)");
          long value = digits && text.length() < 19 ? Long.parseLong(text) : Long.MAX_VALUE;
          if (value >= min && value <= max) {
            return Optional.of((int) value);
          }
          String hint = digits ? "choose one in that range" : hint(text);
          problems.error(scalar.at(), quote(text) + " is not " + noun, hint);
          return Optional.empty();
        });
  }

  /** A number, perhaps with a fraction, from {@code min} to {@code max}. */
  static Shape<Double> decimal(double min, double max) {
    String noun = "a number" + range(min, max, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    Form form = new Form.Numeric(noun, false, min, max);
    return Shape.ofText(
        form,
        "",
        (scalar, problems) -> {
          boolean digits = scalar.text().matches("[-+]?[0-9]{1,15}([.][0-9]{1,15})?");
          double value = digits ? Double.parseDouble(scalar.text()) : Double.NaN;
          if (value >= min && value <= max) {
            return Optional.of(value);
          }
          problems.error(
              scalar.at(), quote(scalar.text()) + " is not " + noun, "write it in digits");
          return Optional.empty();
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
