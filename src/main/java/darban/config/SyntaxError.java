package darban.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Says in words of an administrator what the YAML parser could not read, by the parser's message
 * and the line where it stopped. Immutable.
 */
record SyntaxError(Position at, String what, String hint) {
  static final String STAR = "quote text that begins with `*`, such as `\"*.example\"`";

  private static final List<Explanation> EXPLANATIONS =
      List.of(
          new Explanation(
              "found character '\\t",
              "a tab stands in the indentation",
              "indent with spaces, YAML allows no tabs"),
          new Explanation(
              "that cannot start any token",
              "a value cannot begin with this character",
              "quote the value"),
          new Explanation("while scanning an alias", "`*` does not begin an alias", STAR),
          new Explanation(
              "while scanning an anchor", "`&` does not begin an anchor", "quote the value"),
          new Explanation(
              "found unexpected end of stream", "a quoted text is not closed", "add the quote"),
          new Explanation(
              "found unknown escape character",
              "an unknown escape in double quotes",
              "use single quotes, or write `\\\\` for a backslash"),
          new Explanation(
              "could not find expected ':'",
              "a key without `:`",
              "write `key: value`, or `- value` for an item of a list"),
          new Explanation(
              "sequence entries are not allowed here",
              "an item of a list cannot begin here",
              "begin it on a line of its own, or quote the value"),
          new Explanation(
              "expected ',' or ']'", "a list is not closed", "look for a missing `]` or `,`"),
          new Explanation(
              "expected ',' or '}'", "a mapping is not closed", "look for a missing `}` or `,`"),
          new Explanation(
              "but found ':'",
              "a value in brackets or braces cannot begin with `:`",
              "quote it, such as `\":8080\"` or `\"[::1]:80\"`"),
          new Explanation(
              "expected the node content",
              "a value is missing here",
              "write it, or quote the text"));

  /** What a part of the parser's message means. */
  private record Explanation(String sign, String what, String hint) {}

  /** Explains {@code broken}, which came from reading {@code text}. */
  static SyntaxError of(YamlEngineException broken, Path file, String text) {
    return switch (broken) {
      case MarkedYamlEngineException marked -> marked(marked, file, text);
      case ReaderException reader -> unreadable(reader, file, text);
      default ->
          new SyntaxError(
              Position.startOf(file), "not YAML 1.2: " + firstLine(broken.getMessage()), "");
    };
  }

  void addTo(Problems problems) {
    problems.error(at, what, hint);
  }

  private static SyntaxError marked(MarkedYamlEngineException broken, Path file, String text) {
    Optional<Mark> mark = broken.getProblemMark().or(broken::getContextMark);
    int line = mark.map(Mark::getLine).orElse(0);
    int column = mark.map(Mark::getColumn).orElse(0);
    Position at = new Position(file, line + 1, column + 1);
    String before = text.lines().skip(line).findFirst().orElse("");
    before =
        before.substring(
            0,
            before.offsetByCodePoints(
                0, Math.min(column, before.codePointCount(0, before.length()))));
    String message = broken.getContext() + "; " + broken.getProblem();
    if (message.contains("mapping values are not allowed here")) {
      return colon(at, before);
    }
    if (message.contains("expected <block end>")) {
      return outOfPlace(at, before);
    }
    String since = since(broken, line);
    return EXPLANATIONS.stream()
        .filter(explanation -> message.contains(explanation.sign))
        .findFirst()
        .map(found -> new SyntaxError(at, found.what + since, found.hint))
        .orElseGet(() -> new SyntaxError(at, "not YAML: " + firstLine(message), "quote the value"));
  }

  /** Where the broken thing began, if that is another line: there is what must be mended. */
  private static String since(MarkedYamlEngineException broken, int line) {
    return broken
        .getContextMark()
        .filter(mark -> mark.getLine() != line)
        .map(mark -> " that begins at " + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
        .orElse("");
  }

  private static SyntaxError colon(Position at, String before) {
    boolean second = before.contains(": ");
    return new SyntaxError(
        at,
        second ? "a second `: ` in one line" : "a key cannot stand here",
        second
            ? "quote the value if `: ` is part of its text"
            : "indent it as the keys beside it, and end the line before it");
  }

  private static SyntaxError outOfPlace(Position at, String before) {
    return before.isBlank()
        ? new SyntaxError(
            at, "the indentation fits no line above", "indent as the lines it belongs to")
        : new SyntaxError(
            at,
            "text follows after a value has ended",
            "put the whole value into one pair of quotes");
  }

  private static SyntaxError unreadable(ReaderException broken, Path file, String text) {
    int end =
        text.offsetByCodePoints(
            0, Math.min(broken.getPosition(), text.codePointCount(0, text.length())));
    String what = String.format("the character U+%04X is not allowed", broken.getCodePoint());
    return new SyntaxError(endOf(text.substring(0, end), file), what, "remove it");
  }

  /** The place after the last character of {@code text}. */
  static Position endOf(String text, Path file) {
    int line = (int) text.chars().filter(c -> c == '\n').count() + 1;
    int column = text.codePointCount(text.lastIndexOf('\n') + 1, text.length()) + 1;
    return new Position(file, line, column);
  }

  private static String firstLine(@org.jspecify.annotations.Nullable String message) {
    return message == null ? "" : message.lines().findFirst().orElse("");
  }
}
