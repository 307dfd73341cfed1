package darban.base;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A password or token: compared in constant time, printed as {@code ***}. Immutable. */
public final class Secret {
  private final byte[] value;

  /** Keeps {@code value} encoded as UTF-8. */
  public Secret(String value) {
    this.value = value.getBytes(StandardCharsets.UTF_8);
  }

  /** The secret itself, for the place that must use it. */
  public String reveal() {
    return new String(value, StandardCharsets.UTF_8);
  }

  /** Equal in a time that does not depend on where they differ. */
  public boolean matches(String other) {
    return MessageDigest.isEqual(value, other.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Secret other && MessageDigest.isEqual(value, other.value);
  }

  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return "***";
  }
}
