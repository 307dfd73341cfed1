package darban.config;

/**
 * A name that stands for a part configured elsewhere, such as {@code service: api}. Two refs are
 * equal when their names are, wherever they stand: moving a line changes no configuration.
 * Immutable.
 */
public record Ref(String name, Position at) {
  @Override
  public boolean equals(Object o) {
    return o instanceof Ref other && name.equals(other.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
