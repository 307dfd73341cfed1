package darban.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

/**
 * Says in words of an administrator what the YAML parser could not read, by the parser's message
 * and the line where it stopped. Immutable.
 */
record SyntaxError(Position at, String what, String hint) {
  static final String STAR = "text that begins with `*` is read as an alias";
  static final String QUOTE_STAR = "quote it if it is text, such as `\"*.example\"`";

  private static final String QUOTE = "quote the value";

  /** The first whose sign is in the parser's message explains it. */
  private static final List<Explanation> EXPLANATIONS =
      List.of(
          new Explanation(
              "found character '\\t", "a tab in the indentation", "indent with spaces only"),
          new Explanation("cannot start any token", "a value cannot begin with {}", QUOTE),
          new Explanation("scanning an alias", STAR, QUOTE_STAR),
          new Explanation("scanning an anchor", "text that begins with `&` is an anchor", QUOTE),
          new Explanation("unexpected end of stream", "a quoted text is not closed", "add `\"`"),
          new Explanation("unexpected document sep", "a quoted text is not closed", "add `\"`"),
          new Explanation(
              "a double-quoted scalar",
              "an unknown escape in double quotes",
              "use single quotes, or write `\\\\` for a backslash"),
          new Explanation(
              "could not find expected ':'",
              "a key without `:`",
              "write `key: value`, or `- value` for an item of a list"),
          new Explanation(
              "sequence entries are not allowed",
              "an item of a list cannot begin here",
              "begin it on a line of its own, or quote the value"),
          new Explanation(
              "expected ',' or ']'", "a list is not closed", "look for a missing `]` or `,`"),
          new Explanation(
              "expected ',' or '}'", "a mapping is not closed", "look for a missing `}` or `,`"),
          new Explanation(
              "found '<stream end>'",
              "the file ends in the middle of a value",
              "look for a missing `]`, `}` or quote"),
          new Explanation(
              "but found ':'",
              "a value in brackets or braces cannot begin with `:`",
              "quote it, such as `\":8080\"` or `\"[::1]:80\"`"),
          new Explanation(
              "expected the node content",
              "a value is missing before {}",
              "write it, or quote the text"),
          new Explanation("a directive", "a line that begins with `%` is no value", "remove it"));

  /** What a part of the parser's message means; {@code {}} is the character where it stopped. */
  private record Explanation(String sign, String what, String hint) {

    /** What is not closed in its line is mended where it begins, not where that was noticed. */
    SyntaxError told(Position begun, Position stopped, String here) {
      String told = what.replace("{}", here);
      if (begun.line() < stopped.line()) {
        return new SyntaxError(begun, told + " before line " + stopped.line(), hint);
      }
      return new SyntaxError(what.equals(STAR) ? begun : stopped, told, hint);
    }
  }

  /** Explains {@code broken}, which came from reading {@code text}. */
  static SyntaxError of(YamlEngineException broken, Path file, String text) {
    Position start = Position.startOf(file);
    return switch (broken) {
      case MarkedYamlEngineException marked -> marked(marked, file, text);
      case ReaderException reader -> character(reader, file, text);
      case YamlVersionException _ ->
          new SyntaxError(start, "only YAML 1.2 is read", "remove the line `%YAML`");
      default -> new SyntaxError(start, "not YAML: " + firstLine(broken.getMessage()), "mend it");
    };
  }

  void addTo(Problems problems) {
    problems.error(at, what, hint);
  }

  private static SyntaxError marked(MarkedYamlEngineException broken, Path file, String text) {
    Position stopped = position(broken.getProblemMark().or(broken::getContextMark), file);
    Position begun = position(broken.getContextMark().or(broken::getProblemMark), file);
    String line = text.lines().skip(stopped.line() - 1).findFirst().orElse("");
    int column = Math.min(stopped.column() - 1, line.codePointCount(0, line.length()));
    String before = line.substring(0, line.offsetByCodePoints(0, column));
    String rest = line.substring(before.length());
    String message = broken.getContext() + "; " + broken.getProblem();
    if (message.contains("mapping values are not allowed")) {
      return colon(stopped, before);
    }
    if (message.contains("expected <block end>")) {
      return outOfPlace(stopped, before, rest);
    }
    for (Explanation it : EXPLANATIONS) {
      if (message.contains(it.sign)) {
        String here = Problem.quote(rest.substring(0, Math.min(1, rest.length())));
        return it.told(begun, stopped, here);
      }
    }
    return new SyntaxError(stopped, "not YAML: " + firstLine(message), QUOTE);
  }

  private static Position position(Optional<Mark> mark, Path file) {
    return mark.map(it -> new Position(file, it.getLine() + 1, it.getColumn() + 1))
        .orElse(Position.startOf(file));
  }

  private static SyntaxError colon(Position at, String before) {
    if (before.contains(": ")) {
      String hint = "quote the value if `: ` is part of its text";
      return new SyntaxError(at, "a second `: ` in one line", hint);
    }
    int indent = before.length() - before.stripLeading().length();
    Position key = new Position(at.file(), at.line(), indent + 1);
    String hint = "the line before has its value already, indent both alike";
    return new SyntaxError(key, "a key cannot begin here", hint);
  }

  private static SyntaxError outOfPlace(Position at, String before, String after) {
    if (before.isBlank() && after.startsWith(":")) {
      return new SyntaxError(at, "a key is missing before `:`", "write the key");
    }
    if (before.isBlank()) {
      String hint = "indent it as the lines it belongs to";
      return new SyntaxError(at, "the indentation fits no line above", hint);
    }
    String hint = "put all of it into one pair of quotes, a quote in it is written twice";
    return new SyntaxError(at, "text follows after the end of a value", hint);
  }

  private static SyntaxError character(ReaderException broken, Path file, String text) {
    int index = Math.min(broken.getPosition(), text.codePointCount(0, text.length()));
    String before = text.substring(0, text.offsetByCodePoints(0, index));
    String what = "the character U+%04X is not allowed".formatted(broken.getCodePoint());
    return new SyntaxError(endOf(before, file), what, "remove it");
  }

  /** The place after the last character of {@code text}. */
  static Position endOf(String text, Path file) {
    int line = (int) text.chars().filter(c -> c == '\n').count() + 1;
    int column = text.codePointCount(text.lastIndexOf('\n') + 1, text.length()) + 1;
    return new Position(file, line, column);
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "" : message.lines().findFirst().orElse("");
  }
}
