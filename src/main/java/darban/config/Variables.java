package darban.config;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces {@code ${NAME}} and {@code ${NAME:-default}} in text by variables of the environment; a
 * doubled dollar sign keeps the brace after it as it is. As in a shell, the default also stands in
 * for an empty variable. Immutable.
 */
record Variables(Function<String, @Nullable String> environment) {
  private static final Pattern USE =
      Pattern.compile("\\$\\$\\{|\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(:-([^{}]*))?})?");

  /** The text with every variable replaced; what it says is never read as YAML again. */
  String replacedIn(String text, Position at, Problems problems) {
    if (!text.contains("${")) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    Matcher use = USE.matcher(text);
    while (use.find()) {
      String value = use.group().startsWith("$$") ? "${" : value(use, at, problems);
      use.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    return use.appendTail(out).toString();
  }

  private String value(Matcher use, Position at, Problems problems) {
    String name = use.group(1);
    if (name == null) {
      String hint = "write `${NAME}` or `${NAME:-default}`, or `$${` for a literal `${`";
      problems.unreadable(at, "`${` begins no variable", hint);
      return "";
    }
    String value = environment.apply(name);
    String otherwise = use.group(3);
    if (value != null && (otherwise == null || !value.isEmpty())) {
      return value;
    }
    if (otherwise == null) {
      String hint = "set it, or give a default: `${" + name + ":-default}`";
      problems.unreadable(at, "the environment variable `" + name + "` is not set", hint);
      return "";
    }
    return otherwise;
  }
}
