package darban.media.text;

import java.util.Locale;
import java.util.Set;

/**
 * Text of cues brought to what WebVTT allows: tags that it knows stay, those of other formats go,
 * and what only looks like one is escaped. Characters that steer writing from right to left are
 * left where they are. Pure.
 */
final class CueText {
  private static final Set<String> KEPT = Set.of("b", "i", "u", "c", "v", "lang", "ruby", "rt");
  private static final Set<String> DROPPED =
      Set.of("font", "span", "p", "div", "s", "strike", "br");
  private static final int LONGEST_TAG = 200;

  private CueText() {}

  /** Cleans a text; a time within it, as karaoke has it, stays. */
  static String clean(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      at =
          switch (c) {
            case '<' -> tag(text, at, out);
            case '{' -> override(text, at, out);
            case '&' -> ampersand(text, at, out);
            case '>' -> plain("&gt;", at, out);
            case '\0' -> plain("\ufffd", at, out);
            default -> plain(c, at, out);
          };
    }
    return withoutEmptyLines(out);
  }

  private static int plain(Object text, int at, StringBuilder out) {
    out.append(text);
    return at + 1;
  }

  private static int tag(String text, int at, StringBuilder out) {
    int end = text.indexOf('>', at);
    if (end < 0 || end - at > LONGEST_TAG) {
      return plain("&lt;", at, out);
    }
    String inside = text.substring(at + 1, end);
    int from = inside.startsWith("/") ? 1 : 0;
    int to = from;
    while (to < inside.length() && Character.isLetterOrDigit(inside.charAt(to))) {
      to++;
    }
    String name = inside.substring(from, to).toLowerCase(Locale.ROOT);
    boolean time = from == 0 && Timestamps.millis(inside) >= 0;
    if (time) {
      out.append('<').append(inside).append('>');
    } else if (KEPT.contains(name)) {
      out.append('<').append(inside, 0, from).append(name).append(inside.substring(to)).append('>');
    } else if (name.equals("br")) {
      out.append('\n');
    } else if (!DROPPED.contains(name)) {
      return plain("&lt;", at, out);
    }
    return end + 1;
  }

  /** Commands of another format, such as {@code {\an8}}, which players of SubRip know. */
  private static int override(String text, int at, StringBuilder out) {
    int end = text.indexOf('}', at);
    boolean command = end > at + 1 && text.charAt(at + 1) == '\\';
    return command ? end + 1 : plain('{', at, out);
  }

  /** Whether a text says that it is to be shown at the top. */
  static boolean atTop(String text) {
    return text.contains("{\\an7") || text.contains("{\\an8") || text.contains("{\\an9");
  }

  private static int ampersand(String text, int at, StringBuilder out) {
    int end = at + 1;
    while (end < text.length()
        && end - at < 10
        && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '#')) {
      end++;
    }
    boolean escape = end > at + 1 && end < text.length() && text.charAt(end) == ';';
    return plain(escape ? "&" : "&amp;", at, out);
  }

  /** An empty line would end the cue. */
  private static String withoutEmptyLines(CharSequence text) {
    StringBuilder out = new StringBuilder(text.length());
    for (String line : text.toString().split("[\\r\\n]+")) {
      String stripped = line.stripTrailing();
      if (!stripped.isBlank()) {
        out.append(out.isEmpty() ? "" : "\n").append(stripped);
      }
    }
    return out.toString();
  }
}
