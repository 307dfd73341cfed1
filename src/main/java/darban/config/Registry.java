package darban.config;

import static darban.config.Problem.quote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keys that features add to a section whose owner does not know them: the actions of a route, its
 * stages, the modes of a listener. Filled while the program starts, by one thread; read by any
 * thread after that.
 *
 * @param <V> what all values have in common
 */
public final class Registry<V> {
  private final String noun;
  private final Map<String, Registered<? extends V>> keys = new LinkedHashMap<>();

  private record Registered<T>(Shape<T> shape, String doc) {}

  /**
   * Starts empty.
   *
   * @param noun what a key is, for messages: "action"
   */
  public Registry(String noun) {
    this.noun = noun;
  }

  /**
   * Adds a key.
   *
   * @throws IllegalArgumentException when it is there already
   */
  public void register(String key, Shape<? extends V> shape, String doc) {
    if (keys.putIfAbsent(key, new Registered<>(shape, doc)) != null) {
      throw new IllegalArgumentException("the " + noun + " " + key + " is registered twice");
    }
  }

  /** All keys, in the order of their registration. */
  public List<String> keys() {
    return List.copyOf(keys.keySet());
  }

  /** What a key is, for messages. */
  String noun() {
    return noun;
  }

  @Nullable Shape<? extends V> shape(String key) {
    Registered<? extends V> registered = keys.get(key);
    return registered == null ? null : registered.shape;
  }

  List<Form.Entry> entries() {
    return keys.entrySet().stream().map(it -> entry(it.getKey(), it.getValue())).toList();
  }

  private static Form.Entry entry(String key, Registered<?> registered) {
    return new Form.Entry(
        key, registered.shape.form(), false, null, registered.doc, null, List.of());
  }

  /** The values of all keys that {@code section} has; empty when one is broken. */
  Optional<Map<String, V>> readAny(Node.Mapping section, Problems problems) {
    Map<String, V> values = new LinkedHashMap<>();
    boolean whole = true;
    for (Map.Entry<String, Registered<? extends V>> key : keys.entrySet()) {
      Optional<Node.Entry> entry = section.entry(key.getKey());
      if (entry.isPresent()) {
        Optional<? extends V> value = key.getValue().shape.read(entry.get().value(), problems);
        value.ifPresent(it -> values.put(key.getKey(), it));
        whole &= value.isPresent();
      }
    }
    return whole ? Optional.of(Collections.unmodifiableMap(values)) : Optional.empty();
  }

  /** The value of the only key that {@code section} must have. */
  Optional<V> readOne(Node.Mapping section, Problems problems) {
    List<Node.Entry> given = new ArrayList<>();
    for (Node.Entry entry : section.entries()) {
      if (keys.containsKey(entry.key().text())) {
        given.add(entry);
      }
    }
    if (given.isEmpty()) {
      String what = "no " + noun + " is given";
      problems.error(section.at(), what, "add one of " + Problems.listed(keys(), "or"));
    } else if (given.size() > 1) {
      Node.Scalar second = given.get(1).key();
      String what = quote(second.text()) + " is a second " + noun + " beside ";
      problems.error(
          second.at(), what + quote(given.getFirst().key().text()), "keep one of the two");
    }
    Optional<Map<String, V>> values = readAny(section, problems);
    return given.size() == 1 ? values.map(it -> it.values().iterator().next()) : Optional.empty();
  }
}
