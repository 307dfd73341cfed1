package darban.media.hls;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Variables of a playlist (RFC 8216bis §4.3 and §4.4.2.3): those it defines, those of its address'
 * query, those it takes from the multivariant playlist. Immutable, any thread.
 */
public final class Variables {
  /** None. */
  public static final Variables NONE = new Variables(Map.of());

  private static final int LONGEST = 1 << 16;

  private final Map<String, String> values;

  private Variables(Map<String, String> values) {
    this.values = values;
  }

  /**
   * The variables of a playlist.
   *
   * @param query of its address, without the question mark
   * @param imported those of the multivariant playlist
   */
  public static Variables of(HlsPlaylist playlist, String query, Variables imported) {
    Map<String, String> values = new HashMap<>();
    for (Line line : playlist.lines()) {
      if (!(line instanceof Line.Tag tag) || !tag.name().equals("EXT-X-DEFINE")) {
        continue;
      }
      Attributes attributes = tag.attributes();
      attributes.get("NAME").ifPresent(name -> values.put(name, attributes.text("VALUE")));
      attributes.get("QUERYPARAM").ifPresent(name -> parameter(query, name, values));
      attributes
          .get("IMPORT")
          .filter(imported.values::containsKey)
          .ifPresent(name -> values.put(name, imported.values.getOrDefault(name, "")));
    }
    return values.isEmpty() ? NONE : new Variables(values);
  }

  private static void parameter(String query, String name, Map<String, String> into) {
    for (String pair : query.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).equals(name)) {
        into.put(name, decoded(pair.substring(equals + 1)));
      }
    }
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException brokenEscape) {
      return value;
    }
  }

  /** {@code text} with what is known put in place; what is not known stays as it is. */
  public String replacedIn(String text) {
    int start = text.indexOf("{$");
    if (start < 0 || values.isEmpty()) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (start >= 0 && out.length() < LONGEST) {
      int end = text.indexOf('}', start);
      if (end < 0) {
        break;
      }
      String name = text.substring(start + 2, end);
      out.append(text, at, start);
      out.append(values.getOrDefault(name, text.substring(start, end + 1)));
      at = end + 1;
      start = text.indexOf("{$", at);
    }
    return out.append(text, at, text.length()).toString();
  }
}
