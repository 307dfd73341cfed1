package darban.config;

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
    Optional<Node> chosen = mapping.entry(tag).map(Node.Entry::value);
    String word =
        chosen.map(it -> it instanceof Node.Scalar scalar ? scalar.text() : "").orElse(otherwise);
    Shape<? extends V> shape = registry.shape(word);
    if (shape == null) {
      String what = chosen.map(Node::noun).orElse(word) + " is no " + registry.noun();
      problems.error(mapping.at(tag), what, Problems.choice(word, registry.keys()));
      return Optional.empty();
    }
    return shape.read(mapping, problems).map(value -> value);
  }
}
