package darban.caching;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Lists;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the directives of Cache-Control, in order (RFC 9111 §5.2). */
final class Directives {
  /** What a number that is too large counts as, in seconds (RFC 9111 §1.2.2). */
  static final long MOST_SECONDS = 1L << 31;

  /** In the place of a number: there is none. */
  static final long ABSENT = -1;

  private Directives() {}

  interface Reader {
    /**
     * A directive.
     *
     * @param name in lower case
     * @param argument without quotes; null where there is none
     */
    void directive(String name, @Nullable String argument);
  }

  /** Reads all lines of {@code field}. */
  static void read(Fields fields, FieldName field, Reader reader) {
    for (int i = fields.indexOf(field, 0); i >= 0; i = fields.indexOf(field, i + 1)) {
      for (String member : Lists.members(fields.value(i))) {
        int equals = member.indexOf('=');
        String name = equals < 0 ? member : member.substring(0, equals);
        String argument = equals < 0 ? null : unquoted(member.substring(equals + 1));
        // White space around the sign is no syntax: the name still counts, the argument does not.
        boolean spaced = !name.equals(name.strip());
        reader.directive(name.strip().toLowerCase(Locale.ROOT), spaced ? "" : argument);
      }
    }
  }

  /** What a quoted string says; text without quotes as it is. */
  private static String unquoted(String argument) {
    int last = argument.length() - 1;
    if (last < 1 || argument.charAt(0) != '"' || argument.charAt(last) != '"') {
      return argument;
    }
    if (argument.indexOf('\\') < 0) {
      return argument.substring(1, last);
    }
    StringBuilder out = new StringBuilder(last);
    for (int i = 1; i < last; i++) {
      char c = argument.charAt(i);
      out.append(c == '\\' && i + 1 < last ? argument.charAt(++i) : c);
    }
    return out.toString();
  }

  /** Seconds written in digits alone, capped at {@link #MOST_SECONDS}; {@link #ABSENT} if not. */
  static long seconds(@Nullable String digits) {
    if (digits == null || digits.isEmpty()) {
      return ABSENT;
    }
    long seconds = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return ABSENT;
      }
      seconds = Math.min(MOST_SECONDS, seconds * 10 + (c - '0'));
    }
    return seconds;
  }

  /**
   * The fields that {@code no-cache} or {@code private} name; empty where it names none that could
   * be a field, and then it means the whole response.
   */
  static Optional<List<FieldName>> fieldNames(@Nullable String argument) {
    if (argument == null) {
      return Optional.empty();
    }
    List<FieldName> names = new ArrayList<>();
    for (String name : Lists.members(argument)) {
      if (!isToken(name)) {
        return Optional.empty();
      }
      names.add(FieldName.of(name));
    }
    return names.isEmpty() ? Optional.empty() : Optional.of(names);
  }

  private static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
