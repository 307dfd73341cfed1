package darban.config;

import static darban.config.Problem.quote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads lists and maps item by item, so that every broken one is told. */
final class Collected {
  private Collected() {}

  /** The values of a list's items; empty when one of them is broken. */
  static <T> Optional<List<T>> list(Shape<T> item, int least, Node node, Problems problems) {
    if (!(node instanceof Node.Sequence sequence)) {
      if (node.isNothing() && least == 0) {
        return Optional.of(List.of());
      }
      String shown = node instanceof Node.Scalar(_, String text, _) ? text : "";
      String hint = "write a list: `[" + (shown.isEmpty() ? "…" : shown) + "]`";
      problems.misplaced(node, new Form.ListOf(item.form(), least), hint);
      return Optional.empty();
    }
    List<T> values = new ArrayList<>();
    for (Node it : sequence.items()) {
      item.read(it, problems).ifPresent(values::add);
    }
    if (sequence.items().size() < least) {
      String what = sequence.items().isEmpty() ? "the list is empty" : "the list is too short";
      problems.error(
          node.at(), what, "give it at least " + least + (least == 1 ? " item" : " items"));
      return Optional.empty();
    }
    return values.size() == sequence.items().size()
        ? Optional.of(List.copyOf(values))
        : Optional.empty();
  }

  /** The values of a mapping by their keys; empty when a key or a value is broken. */
  static <K, V> Optional<Map<K, V>> map(
      Shape<K> key, Shape<V> value, Node node, Problems problems) {
    if (!(node instanceof Node.Mapping mapping)) {
      if (node.isNothing()) {
        return Optional.of(Map.of());
      }
      Form form = new Form.MapOf(key.form(), value.form());
      problems.misplaced(node, form, "write names and values, such as `name: value`");
      return Optional.empty();
    }
    Map<K, V> values = new LinkedHashMap<>();
    Map<K, Node.Scalar> keys = new HashMap<>();
    boolean whole = true;
    for (Node.Entry entry : mapping.entries()) {
      Optional<K> k = key.read(entry.key(), problems);
      Optional<V> v = value.read(entry.value(), problems);
      whole &= k.isPresent() && v.isPresent();
      if (k.isPresent() && v.isPresent()) {
        values.put(k.get(), v.get());
      }
      Node.Scalar before = k.isPresent() ? keys.putIfAbsent(k.get(), entry.key()) : null;
      if (before != null) {
        String what = quote(entry.key().text()) + " is the same as " + quote(before.text());
        problems.error(entry.key().at(), what + " at " + before.at(), "keep one of the two");
      }
    }
    return whole ? Optional.of(Collections.unmodifiableMap(values)) : Optional.empty();
  }
}
