package darban.config;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Shape} accepts, as data: from it come the messages, the JSON Schema and the
 * reference. Immutable.
 */
public sealed interface Form {
  /** What it is, with an article: "a duration"; for messages and the reference. */
  String noun();

  /** Whether {@code node} looks like it at first sight, to choose among alternatives. */
  boolean fits(Node node);

  /**
   * One piece of text.
   *
   * @param pattern a regular expression for the whole text in the common part of Java's and
   *     ECMAScript's, or empty for any text
   */
  record Text(String noun, String pattern) implements Form {
    private static final int LONGEST = 4096;

    @Override
    public boolean fits(Node node) {
      return node instanceof Node.Scalar scalar
          && !node.isNothing()
          && (pattern.isEmpty()
              || (scalar.text().length() <= LONGEST && scalar.text().matches(pattern)));
    }
  }

  /** A number between two bounds, both included; infinite ones are none. */
  record Numeric(String noun, boolean whole, double min, double max) implements Form {
    private static final String FORM = "[-+]?[0-9]+(\\.[0-9]+)?";

    @Override
    public boolean fits(Node node) {
      return node instanceof Node.Scalar scalar
          && scalar.text().length() < 40
          && scalar.text().matches(FORM);
    }
  }

  /** {@code true} or {@code false}. */
  record Bool() implements Form {
    @Override
    public String noun() {
      return "`true` or `false`";
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Node.Scalar scalar && scalar.text().matches("true|false");
    }
  }

  /** One of some words, by their text. */
  record Words(List<String> words) implements Form {
    @Override
    public String noun() {
      return Problems.listed(words, "or");
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Node.Scalar scalar && words.contains(scalar.text());
    }
  }

  /**
   * A list.
   *
   * @param least the number of items it must have
   */
  record ListOf(Form item, int least) implements Form {
    @Override
    public String noun() {
      return "a list";
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Node.Sequence;
    }
  }

  /** A mapping whose keys are names that the user chooses. */
  record MapOf(Form key, Form value) implements Form {
    @Override
    public String noun() {
      return "a mapping";
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Node.Mapping;
    }
  }

  /** One of several forms. */
  record Either(List<Form> forms) implements Form {
    @Override
    public String noun() {
      return Problems.joined(forms.stream().flatMap(Either::nouns).toList(), "or");
    }

    private static Stream<String> nouns(Form form) {
      return form instanceof Words(List<String> words)
          ? words.stream().map(Problem::quote)
          : Stream.of(form.noun());
    }

    @Override
    public boolean fits(Node node) {
      return forms.stream().anyMatch(form -> form.fits(node));
    }
  }

  /**
   * A mapping whose keys are known.
   *
   * @param name unique among the sections of a configuration, lower-dashed
   * @param exactlyOne sets of keys of each of which one must be given, and only one
   */
  record Section(String name, List<Entry> entries, List<List<String>> exactlyOne) implements Form {
    public Section {
      if (entries.stream().map(Entry::key).distinct().count() < entries.size()) {
        throw new IllegalArgumentException("a key of " + name + " is there twice");
      }
    }

    @Override
    public String noun() {
      return "a `" + name + "` section";
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Node.Mapping;
    }

    /** The keys, in the order of their declaration. */
    List<String> keys() {
      return entries.stream().map(Entry::key).toList();
    }
  }

  /**
   * A mapping of which one key says which section it is.
   *
   * @param tag the key
   * @param otherwise its value where it is absent
   */
  record Variant(String tag, String otherwise, List<Case> cases) implements Form {
    @Override
    public String noun() {
      return "a mapping with `" + tag + "`";
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Node.Mapping;
    }
  }

  /** A section with the value of the tag that chooses it. */
  record Case(String word, Form form) {}

  /**
   * A key of a section.
   *
   * @param otherwise what stands for it where it is absent, or null
   * @param doc what it does, in a line
   * @param deprecated what to write instead, or null
   * @param former older names of the key
   */
  record Entry(
      String key,
      Form form,
      boolean required,
      @Nullable Node otherwise,
      String doc,
      @Nullable String deprecated,
      List<String> former) {}
}
