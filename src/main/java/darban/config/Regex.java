package darban.config;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A compiled regular expression, equal to another of the same text. Immutable. */
public final class Regex {
  /** Characters of one; a compiler that recurses must not run out of stack. */
  private static final int LONGEST = 1000;

  private final Pattern pattern;

  private Regex(Pattern pattern) {
    this.pattern = pattern;
  }

  /** Reads one, in the syntax of {@link Pattern}. */
  static Optional<Regex> read(Node.Scalar scalar, Problems problems) {
    if (scalar.text().length() > LONGEST) {
      String hint = "the limit is " + LONGEST + " characters";
      problems.error(scalar.at(), "the regular expression is too long", hint);
      return Optional.empty();
    }
    try {
      return Optional.of(new Regex(Pattern.compile(scalar.text())));
    } catch (PatternSyntaxException broken) {
      String where = broken.getIndex() < 0 ? "" : " at character " + (broken.getIndex() + 1);
      String why = " is not a regular expression (" + broken.getDescription() + where + ")";
      String hint = "put `\\` before a character that is meant as such";
      problems.error(scalar.at(), Problem.quote(scalar.text()) + why, hint);
      return Optional.empty();
    }
  }

  /** The compiled form. */
  public Pattern pattern() {
    return pattern;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Regex other && pattern.pattern().equals(other.pattern.pattern());
  }

  @Override
  public int hashCode() {
    return pattern.pattern().hashCode();
  }

  @Override
  public String toString() {
    return pattern.pattern();
  }
}
