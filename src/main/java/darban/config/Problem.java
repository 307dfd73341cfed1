package darban.config;

import java.util.Comparator;

/**
 * Something in a configuration that must, or ({@link Severity#WARNING}) should, be changed.
 * Immutable.
 *
 * @param what what is wrong, quoting what was written
 * @param hint how to mend it; may be empty
 */
public record Problem(Severity severity, Position at, String what, String hint)
    implements Comparable<Problem> {
  private static final Comparator<Problem> ORDER =
      Comparator.comparing(Problem::at)
          .thenComparing(Problem::severity)
          .thenComparing(Problem::what)
          .thenComparing(Problem::hint);
  private static final int QUOTED = 80;

  /** Whether a configuration can be used in spite of a problem. */
  public enum Severity {
    /** It cannot. */
    ERROR,
    /** It can, but somebody should look. */
    WARNING
  }

  /** {@code text} in backquotes, cut when it is long, on one line whatever it holds. */
  public static String quote(String text) {
    StringBuilder out = new StringBuilder("`");
    int end = Math.min(text.length(), QUOTED);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      out.append(Character.isISOControl(c) ? ' ' : c);
    }
    return out.append(end < text.length() ? "…`" : "`").toString();
  }

  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }

  /** {@code file:line:column: what, hint}. */
  @Override
  public String toString() {
    String mark = severity == Severity.WARNING ? "warning: " : "";
    return at + ": " + mark + what + (hint.isEmpty() ? "" : ", " + hint);
  }
}
