package darban.config;

import static darban.config.Problem.quote;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The shape of a mapping whose keys are known. Immutable, any thread. */
record Section<T>(String name, Keys keys, Function<Values, T> build) implements Shape<T> {
  @Override
  public Form.Section form() {
    return keys.form(name);
  }

  @Override
  public Optional<T> read(Node node, Problems problems) {
    if (!(node instanceof Node.Mapping mapping)) {
      String hint = "write keys and values, the keys are " + Problems.listed(form().keys(), "and");
      problems.misplaced(node, form(), hint);
      return Optional.empty();
    }
    for (Node.Entry entry : mapping.entries()) {
      Node.Scalar key = entry.key();
      if (!keys.has(key.text())) {
        problems.error(key.at(), "unknown key " + quote(key.text()), hint(key.text(), problems));
      }
    }
    problems.sections().push(this);
    Optional<Values> values = keys.read(mapping, problems);
    problems.sections().pop();
    return values.map(build);
  }

  /** What was probably meant: a like key here, the same key one level off, or any key there is. */
  private String hint(String key, Problems problems) {
    Form.Section here = form();
    for (Form.Entry entry : here.entries()) {
      if (sections(entry.form()).anyMatch(below -> below.keys().contains(key))) {
        return "it belongs under " + quote(entry.key());
      }
    }
    for (Section<?> above : problems.sections()) {
      if (above.keys.has(key)) {
        boolean top = above == problems.sections().getLast();
        return (top ? "it is a top-level key" : "it is a key of " + quote(above.name))
            + ", indent it less";
      }
    }
    List<String> keys = here.keys();
    return Nearest.hint(key, keys, "the keys here are " + Problems.listed(keys, "and"));
  }

  private static Stream<Form.Section> sections(Form form) {
    return switch (form) {
      case Form.Section section -> Stream.of(section);
      case Form.Either(List<Form> forms) -> forms.stream().flatMap(Section::sections);
      default -> Stream.empty();
    };
  }
}
