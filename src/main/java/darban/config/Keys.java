package darban.config;

import static darban.config.Problem.quote;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a section while it is declared, see {@link Shapes#section}. Used by one thread, and
 * only within that call.
 */
public final class Keys {
  private static final Position DEFAULT = Position.startOf(Path.of("default"));

  private final List<Key<?>> keys = new ArrayList<>();
  private final List<Supplier<List<Form.Entry>>> entries = new ArrayList<>();
  private final List<Registry<?>> registries = new ArrayList<>();
  private final List<Registry<?>> exactlyOne = new ArrayList<>();
  private final Map<Key<?>, String> names = new LinkedHashMap<>();
  private final Map<String, String> former = new LinkedHashMap<>();
  private final Map<String, String> deprecated = new LinkedHashMap<>();

  Keys() {}

  /** A key that must be given. */
  public <T> Key<T> required(String key, Shape<T> shape, String doc) {
    return declare(
        key,
        entry(key, shape, true, null, doc),
        (section, problems) -> {
          Optional<Node.Entry> entry = section.entry(key);
          if (entry.isEmpty()) {
            String hint = "add `" + key + ":` with " + shape.form().noun();
            problems.error(section.at(), "the key " + quote(key) + " is missing", hint);
          }
          return entry.flatMap(it -> shape.read(it.value(), problems));
        });
  }

  /** A key that may be absent. */
  public <T> Key<Optional<T>> optional(String key, Shape<T> shape, String doc) {
    return declare(
        key,
        entry(key, shape, false, null, doc),
        (section, problems) -> {
          Optional<Node.Entry> entry = section.entry(key);
          if (entry.isEmpty()) {
            return Optional.of(Optional.empty());
          }
          Optional<T> value = shape.read(entry.get().value(), problems);
          return value.isPresent() ? Optional.of(value) : Optional.empty();
        });
  }

  /**
   * A key for which something stands where it is absent.
   *
   * @param otherwise what stands for it, as a user would write it: {@code "5s"}, {@code "[]"}
   */
  public <T> Key<T> withDefault(String key, Shape<T> shape, String otherwise, String doc) {
    Node node = parsed(key, otherwise);
    return declare(
        key,
        entry(key, shape, false, node, doc),
        (section, problems) ->
            shape.read(
                section
                    .entry(key)
                    .map(Node.Entry::value)
                    .orElseGet(() -> node.movedTo(section.at())),
                problems));
  }

  /**
   * The key by which {@link Shapes#variant} has chosen this section.
   *
   * @param word its value that chooses this one
   */
  public void tag(String key, String word, String doc) {
    optional(key, Shapes.word(word, word), doc);
  }

  /** Any of the keys of {@code registry}; the value has those that were given. */
  public <V> Key<Map<String, V>> any(Registry<V> registry) {
    registries.add(registry);
    entries.add(registry::entries);
    return add(new Key<>(registry::readAny));
  }

  /** Exactly one of the keys of {@code registry}. */
  public <V> Key<V> one(Registry<V> registry) {
    registries.add(registry);
    entries.add(registry::entries);
    exactlyOne.add(registry);
    return add(new Key<>(registry::readOne));
  }

  /** Lets {@code old} still be written for {@code now}, with a warning. */
  public void formerly(String old, Key<?> now) {
    former.put(old, name(now));
  }

  /** Warns whoever writes {@code key}. */
  public void deprecated(Key<?> key, String instead) {
    deprecated.put(name(key), instead);
  }

  private String name(Key<?> key) {
    String name = names.get(key);
    if (name == null) {
      throw new IllegalArgumentException("a key of another section");
    }
    return name;
  }

  private <T> Key<T> declare(String name, Supplier<Form.Entry> entry, Key.Reader<T> reader) {
    Key<T> key = new Key<>(reader);
    if (names.containsValue(name)) {
      throw new IllegalArgumentException("the key " + name + " is declared twice");
    }
    names.put(key, name);
    entries.add(() -> List.of(entry.get()));
    return add(key);
  }

  private <T> Key<T> add(Key<T> key) {
    keys.add(key);
    return key;
  }

  private Supplier<Form.Entry> entry(
      String key, Shape<?> shape, boolean required, @Nullable Node otherwise, String doc) {
    return () -> {
      List<String> old =
          former.entrySet().stream()
              .filter(it -> it.getValue().equals(key))
              .map(Map.Entry::getKey)
              .toList();
      return new Form.Entry(key, shape.form(), required, otherwise, doc, deprecated.get(key), old);
    };
  }

  private static Node parsed(String key, String text) {
    Problems problems = new Problems();
    return Yaml.read(DEFAULT.file(), text, new Variables(_ -> null), problems)
        .orElseThrow(() -> new IllegalArgumentException(key + ": " + problems.sorted()));
  }

  /** Whether a section may have {@code key}, old names included. */
  boolean has(String key) {
    return names.containsValue(key)
        || former.containsKey(key)
        || registries.stream().anyMatch(registry -> registry.shape(key) != null);
  }

  Form.Section form(String name) {
    return new Form.Section(
        name,
        entries.stream().flatMap(them -> them.get().stream()).toList(),
        exactlyOne.stream().map(Registry::keys).toList());
  }

  /** The values of all keys, or empty when one of them is broken. */
  Optional<Values> read(Node.Mapping section, Problems problems) {
    Node.Mapping current = renamed(section, problems);
    deprecated.forEach((key, instead) ->
        current
            .entry(key)
            .ifPresent(entry ->
                problems.warning(entry.key().at(), quote(key) + " is deprecated", instead)));
    Values values = new Values();
    boolean whole = true;
    for (Key<?> key : keys) {
      whole &= values.read(key, current, problems);
    }
    return whole ? Optional.of(values) : Optional.empty();
  }

  private Node.Mapping renamed(Node.Mapping section, Problems problems) {
    if (former.isEmpty()) {
      return section;
    }
    List<Node.Entry> renamed = new ArrayList<>();
    for (Node.Entry entry : section.entries()) {
      String now = former.get(entry.key().text());
      if (now == null) {
        renamed.add(entry);
        continue;
      }
      Position at = entry.key().at();
      String what = quote(entry.key().text()) + " is the old name of " + quote(now);
      if (section.entry(now).isPresent()) {
        problems.error(at, what + ", which is given too", "remove it");
      } else {
        problems.warning(at, what, "write the new one");
        renamed.add(new Node.Entry(new Node.Scalar(at, now, true), entry.value()));
      }
    }
    return new Node.Mapping(section.at(), renamed);
  }
}
