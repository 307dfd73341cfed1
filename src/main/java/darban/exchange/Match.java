package darban.exchange;

import darban.http.FieldName;
import darban.http.Method;
import darban.http.RequestHead;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a route takes: all conditions must hold. Immutable.
 *
 * @param path of the path as {@link RequestHead#routingPath} has it
 * @param methods allowed methods; empty for any
 * @param headers fields that must be there with that value
 * @param query parameters that must be there with that value
 * @param listeners names of listeners; empty for any
 */
public record Match(
    PathRule path,
    Set<Method> methods,
    Map<FieldName, String> headers,
    Map<String, String> query,
    Set<String> listeners) {
  /** Takes every request. */
  public static final Match ALL =
      new Match(PathRule.Any.ANY, Set.of(), Map.of(), Map.of(), Set.of());

  /** A condition on the path. */
  public sealed interface PathRule {
    /** Whether {@code path} meets it. */
    boolean takes(String path);

    /** Reads {@code /exact}, {@code /prefix/*}, {@code *} or {@code ~regex}. */
    static PathRule parse(String text) {
      if (text.equals("*") || text.equals("/*")) {
        return Any.ANY;
      }
      if (text.startsWith("~")) {
        return new Regex(Pattern.compile(text.substring(1)));
      }
      return text.endsWith("/*")
          ? new Prefix(text.substring(0, text.length() - 1))
          : new Exact(text);
    }

    /** Any path. */
    enum Any implements PathRule {
      ANY;

      @Override
      public boolean takes(String path) {
        return true;
      }
    }

    /** This path only. */
    record Exact(String wanted) implements PathRule {
      @Override
      public boolean takes(String path) {
        return path.equals(wanted);
      }
    }

    /** Everything below a folder, and the folder itself: the prefix ends with a slash. */
    record Prefix(String prefix) implements PathRule {
      @Override
      public boolean takes(String path) {
        return path.startsWith(prefix)
            || (path.length() == prefix.length() - 1 && prefix.startsWith(path));
      }
    }

    /** Paths that a regular expression matches as a whole. */
    record Regex(Pattern pattern) implements PathRule {
      @Override
      public boolean takes(String path) {
        return pattern.matcher(path).matches();
      }

      @Override
      public boolean equals(@Nullable Object o) {
        return o instanceof Regex other && pattern.pattern().equals(other.pattern.pattern());
      }

      @Override
      public int hashCode() {
        return pattern.pattern().hashCode();
      }
    }
  }

  /** What stands before the paths below a folder that it takes, without a slash; or nothing. */
  public String folder() {
    return path instanceof PathRule.Prefix(String prefix)
        ? prefix.substring(0, prefix.length() - 1)
        : "";
  }

  /** Whether the request, come by {@code listener}, meets all conditions. */
  public boolean takes(RequestHead head, String routingPath, String listener) {
    return path.takes(routingPath)
        && (methods.isEmpty() || methods.contains(head.method()))
        && (listeners.isEmpty() || listeners.contains(listener))
        && (headers.isEmpty() || headersHold(head))
        && (query.isEmpty() || queryHolds(head));
  }

  private boolean headersHold(RequestHead head) {
    for (Map.Entry<FieldName, String> wanted : headers.entrySet()) {
      if (!head.fields().all(wanted.getKey()).contains(wanted.getValue())) {
        return false;
      }
    }
    return true;
  }

  private boolean queryHolds(RequestHead head) {
    String text = head.target().query();
    List<String> parameters = text == null ? List.of() : List.of(text.split("&"));
    for (Map.Entry<String, String> wanted : query.entrySet()) {
      if (!parameters.contains(wanted.getKey() + "=" + wanted.getValue())) {
        return false;
      }
    }
    return true;
  }
}
