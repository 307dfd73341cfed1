package darban.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The values of one section, all of them good. Used by one thread. */
public final class Values {
  private final Map<Key<?>, Object> values = new HashMap<>();

  Values() {}

  /** The value of {@code key}, which the section has declared. */
  @SuppressWarnings("unchecked") // put only by read, below
  public <T> T get(Key<T> key) {
    return (T) Objects.requireNonNull(values.get(key), "a key of another section");
  }

  /** Reads a key's value; false when it has none. */
  <T> boolean read(Key<T> key, Node.Mapping section, Problems problems) {
    Optional<T> value = key.read(section, problems);
    value.ifPresent(it -> values.put(key, it));
    return value.isPresent();
  }
}
