package darban.config;

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
      split(shape.form(), words, others);
    }
    if (!words.isEmpty()) {
      others.addFirst(new Form.Words(List.copyOf(words)));
    }
    return others.size() == 1 ? others.getFirst() : new Form.Either(List.copyOf(others));
  }

  private static void split(Form form, Set<String> words, List<Form> others) {
    switch (form) {
      case Form.Words(List<String> some) -> words.addAll(some);
      case Form.Either(List<Form> forms) -> forms.forEach(it -> split(it, words, others));
      default -> others.add(form);
    }
  }

  @Override
  public Optional<T> read(Node node, Problems problems) {
    for (Shape<? extends T> shape : shapes) {
      if (shape.form().fits(node)) {
        return read(shape, node, problems);
      }
    }
    if (!(node instanceof Node.Scalar scalar) || node.isNothing()) {
      problems.misplaced(node, form(), "write one of these");
      return Optional.empty();
    }
    Set<String> words = new LinkedHashSet<>();
    split(form(), words, new ArrayList<>());
    var texts = shapes.stream().filter(shape -> shape.form() instanceof Form.Text).toList();
    if (words.isEmpty() && texts.size() == 1) {
      return read(texts.getFirst(), node, problems);
    }
    String hint = Nearest.hint(scalar.text(), words, "write one of these");
    problems.misread(scalar, form().noun(), hint);
    return Optional.empty();
  }

  private static <T> Optional<T> read(Shape<? extends T> shape, Node node, Problems problems) {
    return shape.read(node, problems).map(value -> value);
  }
}
