package darban.http;

import java.util.Optional;

/**
 * An entity tag (RFC 9110 §8.8.3). Immutable.
 *
 * @param weak whether it only promises equivalence
 * @param opaque what stands between the quotes
 */
public record Etag(boolean weak, String opaque) {
  /** Reads {@code "x"} or {@code W/"x"}; empty for anything else. */
  public static Optional<Etag> parse(String text) {
    boolean weak = text.startsWith("W/");
    String quoted = weak ? text.substring(2) : text;
    int length = quoted.length();
    if (length < 2 || quoted.charAt(0) != '"' || quoted.indexOf('"', 1) != length - 1) {
      return Optional.empty();
    }
    return Optional.of(new Etag(weak, quoted.substring(1, length - 1)));
  }

  /** Both strong and equal: the same bytes (RFC 9110 §8.8.3.2). */
  public boolean matchesStrongly(Etag other) {
    return !weak && !other.weak && opaque.equals(other.opaque);
  }

  /** Equal, whether strong or not: an equivalent representation. */
  public boolean matchesWeakly(Etag other) {
    return opaque.equals(other.opaque);
  }

  /** As a field value. */
  @Override
  public String toString() {
    return (weak ? "W/\"" : "\"") + opaque + '"';
  }
}
