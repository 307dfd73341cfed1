package darban.config;

import static darban.config.Problem.quote;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shape of a value that may be written in several ways. The first way that looks right is
 * taken, so that a mistake in it is told in its own words. Immutable, any thread.
 */
record Alternatives<T>(List<? extends Shape<? extends T>> shapes) implements Shape<T> {

  /** All words of the ways together come first, as one form. */
  @Override
  public Form form() {
    Set<String> words = new LinkedHashSet<>();
    List<Form> others = new ArrayList<>();
    for (Shape<? extends T> shape : shapes) {
      for (Form form : parts(shape.form())) {
        if (form instanceof Form.Words(List<String> some)) {
          words.addAll(some);
        } else {
          others.add(form);
        }
      }
    }
    if (!words.isEmpty()) {
      others.addFirst(new Form.Words(List.copyOf(words)));
    }
    return others.size() == 1 ? others.getFirst() : new Form.Either(List.copyOf(others));
  }

  private static List<Form> parts(Form form) {
    return form instanceof Form.Either(List<Form> forms) ? forms : List.of(form);
  }

  @Override
  public Optional<T> read(Node node, Problems problems) {
    for (Shape<? extends T> shape : shapes) {
      if (shape.form().fits(node)) {
        return read(shape, node, problems);
      }
    }
    List<? extends Shape<? extends T>> texts =
        shapes.stream().filter(shape -> shape.form() instanceof Form.Text).toList();
    boolean words = shapes.stream().anyMatch(shape -> shape.form() instanceof Form.Words);
    if (node instanceof Node.Scalar && !node.isNothing() && !words && texts.size() == 1) {
      return read(texts.getFirst(), node, problems);
    }
    problems.error(node.at(), node.noun() + " is not " + form().noun(), hint(node));
    return Optional.empty();
  }

  private static <T> Optional<T> read(Shape<? extends T> shape, Node node, Problems problems) {
    return shape.read(node, problems).map(value -> value);
  }

  private String hint(Node node) {
    List<String> words =
        parts(form()).stream()
            .flatMap(form -> form instanceof Form.Words(List<String> w) ? w.stream() : null)
            .toList();
    return node instanceof Node.Scalar scalar && !node.isNothing()
        ? Nearest.to(scalar.text(), words)
            .map(near -> "did you mean " + quote(near) + "?")
            .orElse("write one of these")
        : "write one of these";
  }
}
