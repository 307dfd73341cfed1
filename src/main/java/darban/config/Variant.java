package darban.config;

import static darban.config.Problems.listed;

import java.util.List;
import java.util.Optional;

/** The shape of a mapping of which one key chooses the section. Immutable, any thread. */
record Variant<V>(String tag, String otherwise, Registry<V> registry) implements Shape<V> {
  @Override
  public Form form() {
    return new Form.Variant(
        tag,
        otherwise,
        registry.entries().stream().map(it -> new Form.Case(it.key(), it.form())).toList());
  }

  @Override
  public Optional<V> read(Node node, Problems problems) {
    if (!(node instanceof Node.Mapping mapping)) {
      problems.misplaced(node, form(), "write keys and values");
      return Optional.empty();
    }
    Node chosen =
        mapping
            .entry(tag)
            .map(Node.Entry::value)
            .orElseGet(() -> new Node.Scalar(node.at(), otherwise, true));
    String word = chosen instanceof Node.Scalar scalar ? scalar.text() : "";
    Shape<? extends V> shape = registry.shape(word);
    if (shape == null) {
      List<String> words = registry.keys();
      String hint = Nearest.hint(word, words, "choose " + listed(words, "or"));
      problems.error(chosen.at(), chosen.noun() + " is no " + registry.noun(), hint);
      return Optional.empty();
    }
    return shape.read(mapping, problems).map(value -> value);
  }
}
