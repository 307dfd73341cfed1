package darban.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Comma-separated list values (RFC 9110 §5.6.1): quoted strings may hold commas. */
public final class Lists {
  private Lists() {}

  /** The members of a list, without white space around them and without empty ones. */
  public static List<String> members(String value) {
    List<String> members = new ArrayList<>(4);
    any(
        value,
        member -> {
          members.add(member);
          return false;
        });
    return members;
  }

  /** Whether one member equals {@code token}, without regard to case. */
  public static boolean contains(String value, String token) {
    return value.equalsIgnoreCase(token)
        || (value.length() > token.length() && any(value, token::equalsIgnoreCase));
  }

  private static boolean any(String value, Predicate<String> found) {
    int start = 0;
    boolean quoted = false;
    int length = value.length();
    for (int i = 0; i <= length; i++) {
      char c = i == length ? ',' : value.charAt(i);
      if (quoted && i < length) {
        if (c == '\\' && i + 1 < length) {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == ',') {
        String member = value.substring(start, Math.min(i, length)).strip();
        if (!member.isEmpty() && found.test(member)) {
          return true;
        }
        start = i + 1;
      }
    }
    return false;
  }
}
