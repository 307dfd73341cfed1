package darban.config;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes JSON (RFC 8259) for people: two spaces deep, in the order given. */
final class Json {
  private final StringBuilder out = new StringBuilder();

  private Json() {}

  /** The text of a value made of maps, collections, strings, numbers and booleans. */
  static String text(Object value) {
    Json json = new Json();
    json.write(value, 0);
    return json.out.toString();
  }

  /** What {@code node} is in JSON: text without quotes may be a number or a boolean. */
  static Object of(Node node) {
    return switch (node) {
      case Node.Scalar(_, String text, boolean plain) -> plain ? literal(text) : text;
      case Node.Sequence(_, List<Node> items) -> items.stream().map(Json::of).toList();
      case Node.Mapping(_, List<Node.Entry> entries) -> {
        Map<String, Object> object = new LinkedHashMap<>();
        entries.forEach(entry -> object.put(entry.key().text(), of(entry.value())));
        yield object;
      }
    };
  }

  /** The number or boolean that a YAML 1.2 reader makes of {@code text}, or the text. */
  static Object literal(String text) {
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    return text.matches("[-+]?(0|[1-9][0-9]{0,14})([.][0-9]{1,9})?") ? new BigDecimal(text) : text;
  }

  private void write(Object value, int depth) {
    switch (value) {
      case Map<?, ?> map -> writeAll(map.entrySet(), '{', '}', depth);
      case Collection<?> items -> writeAll(items, '[', ']', depth);
      case Map.Entry<?, ?> entry -> {
        writeText(entry.getKey().toString());
        out.append(": ");
        write(entry.getValue(), depth);
      }
      case String text -> writeText(text);
      default -> out.append(value);
    }
  }

  /** Short lists of plain values stand in one line, all else has a line an item. */
  private void writeAll(Collection<?> items, char open, char close, int depth) {
    boolean oneLine = items.stream().noneMatch(Json::hasParts);
    out.append(open);
    for (Iterator<?> it = items.iterator(); it.hasNext(); ) {
      if (!oneLine) {
        out.append('\n').repeat("  ", depth + 1);
      }
      write(it.next(), depth + 1);
      out.append(it.hasNext() ? oneLine ? ", " : "," : "");
    }
    if (!oneLine) {
      out.append('\n').repeat("  ", depth);
    }
    out.append(close);
  }

  private static boolean hasParts(Object item) {
    return item instanceof Collection || item instanceof Map || item instanceof Map.Entry;
  }

  private void writeText(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
