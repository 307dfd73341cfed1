package darban.config;

import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The one description of a part of the configuration: it reads the part into a value, and its
 * {@link Form} is what messages, the JSON Schema and the reference are made of. Shapes are put
 * together from those of {@link Shapes}. Immutable, any thread.
 *
 * @param <T> the value, one with {@code equals}, so that a reload can tell what has changed
 */
public interface Shape<T> {
  /** What it accepts. */
  Form form();

  /** The value of {@code node}; empty when it has none, which is then among the problems. */
  Optional<T> read(Node node, Problems problems);

  /** A further look at a value that was read. */
  @FunctionalInterface
  interface Check<T> {
    /**
     * Adds to {@code problems} what is wrong with {@code value}.
     *
     * @param where what it was read from; {@link Node#at(String)} finds the place of a key
     */
    void look(T value, Node where, Problems problems);
  }

  /** The same shape for another type. */
  default <U> Shape<U> map(Function<? super T, ? extends U> change) {
    return of(this::form, (node, problems) -> read(node, problems).map(change));
  }

  /** The same shape, every value of which is also looked at by {@code check}. */
  default Shape<T> check(Check<? super T> check) {
    return of(
        this::form,
        (node, problems) -> {
          Optional<T> value = read(node, problems);
          value.ifPresent(it -> check.look(it, node, problems));
          return value;
        });
  }

  /** A shape of two functions. */
  static <T> Shape<T> of(
      Supplier<? extends Form> form, BiFunction<Node, Problems, Optional<T>> reader) {
    return new Shape<>() {
      @Override
      public Form form() {
        return form.get();
      }

      @Override
      public Optional<T> read(Node node, Problems problems) {
        return reader.apply(node, problems);
      }
    };
  }

  /**
   * A shape that is one piece of text in the file.
   *
   * @param hint how to write it, for a node of another kind
   */
  static <T> Shape<T> ofText(
      Form form, String hint, BiFunction<Node.Scalar, Problems, Optional<T>> reader) {
    return of(
        () -> form,
        (node, problems) -> {
          if (node instanceof Node.Scalar scalar && !node.isNothing()) {
            return reader.apply(scalar, problems);
          }
          problems.misplaced(node, form, hintFor(node, hint));
          return Optional.empty();
        });
  }

  /**
   * A shape that is one piece of text, read by {@code parser}.
   *
   * @param noun what it is, with an article: "a duration"
   * @param hint how to write it: "write …, such as `5s`"
   * @param pattern as {@link Form.Text#pattern}, for editors
   * @param parser empty for text that is none
   */
  static <T> Shape<T> parsed(
      String noun, String hint, String pattern, Function<String, Optional<T>> parser) {
    return parsed(new Form.Text(noun, pattern), _ -> hint, parser);
  }

  /**
   * A shape that is one piece of text of a form, read by {@code parser}.
   *
   * @param hint how to write what a text was probably meant to be; empty text is none
   * @param parser empty for text that has no value
   */
  static <T> Shape<T> parsed(
      Form form, Function<String, String> hint, Function<String, Optional<T>> parser) {
    return ofText(
        form,
        hint.apply(""),
        (scalar, problems) -> {
          Optional<T> value = parser.apply(scalar.text());
          if (value.isEmpty()) {
            problems.misread(scalar, form.noun(), hint.apply(scalar.text()));
          }
          return value;
        });
  }

  private static String hintFor(Node node, String hint) {
    return switch (node) {
      case Node.Scalar _ -> hint.isEmpty() ? "give it a value, or remove the key" : hint;
      case Node.Sequence _ -> "write one value, without brackets or `-`";
      case Node.Mapping mapping
          when mapping.entries().stream().allMatch(e -> e.value().isNothing()) ->
          "quote the text if the braces belong to it";
      case Node.Mapping _ -> "write one value, and quote it if it has `: ` in it";
    };
  }
}
