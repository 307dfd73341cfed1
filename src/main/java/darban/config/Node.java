package darban.config;

import java.util.List;
import java.util.Optional;

/**
 * A value as it stands in a configuration file, before anybody says what it means: nothing is
 * guessed, {@code on}, {@code 1.10} and {@code 0755} are the text they were written as. Immutable.
 */
public sealed interface Node {
  /** Where it begins. */
  Position at();

  /** The same value, standing at {@code place} with all its parts. */
  Node movedTo(Position place);

  /** What it is, with an article, for messages. */
  String noun();

  /** Where the value of {@code key} begins, or this node where it has no such key. */
  default Position at(String key) {
    return this instanceof Mapping mapping
        ? mapping.entry(key).map(entry -> entry.value().at()).orElse(at())
        : at();
  }

  /** Whether nothing was written where a value belongs: {@code key:}, {@code ~}, {@code null}. */
  default boolean isNothing() {
    return this instanceof Scalar(_, String text, boolean plain)
        && plain
        && (text.isEmpty() || text.equals("~") || text.equals("null"));
  }

  /**
   * Text, variables replaced.
   *
   * @param plain it was written without quotes and without a variable
   */
  record Scalar(Position at, String text, boolean plain) implements Node {
    @Override
    public Scalar movedTo(Position place) {
      return new Scalar(place, text, plain);
    }

    @Override
    public String noun() {
      return isNothing() ? "nothing" : Problem.quote(text);
    }
  }

  /** A list. */
  record Sequence(Position at, List<Node> items) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public Sequence movedTo(Position place) {
      return new Sequence(place, items.stream().map(item -> item.movedTo(place)).toList());
    }

    @Override
    public String noun() {
      return "a list";
    }
  }

  /** Keys with their values, in the order of the file; no key stands twice. */
  record Mapping(Position at, List<Entry> entries) implements Node {
    public Mapping {
      entries = List.copyOf(entries);
    }

    /** What stands under {@code key}. */
    public Optional<Entry> entry(String key) {
      return entries.stream().filter(entry -> entry.key().text().equals(key)).findFirst();
    }

    /** This mapping without {@code key}. */
    public Mapping without(String key) {
      return new Mapping(
          at, entries.stream().filter(entry -> !entry.key().text().equals(key)).toList());
    }

    @Override
    public Mapping movedTo(Position place) {
      return new Mapping(place, entries.stream().map(entry -> entry.movedTo(place)).toList());
    }

    @Override
    public String noun() {
      return "a mapping";
    }
  }

  /** A key and what stands under it. */
  record Entry(Scalar key, Node value) {
    Entry movedTo(Position place) {
      return new Entry(key.movedTo(place), value.movedTo(place));
    }
  }
}
