package darban.wire;

import darban.http.FieldName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lines of fields that both sides of a connection know by a number (RFC 7541 and RFC 9204, their
 * appendixes A). Immutable, any thread.
 */
final class StaticTable {
  private final Map<FieldName, Known> names = new HashMap<>();
  private final List<FieldLine> lines = new ArrayList<>();

  /** What is known of one name: a number for it, and one for it with each of some values. */
  static final class Known {
    private final int name;
    private final List<String> values = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();

    private Known(int name) {
      this.name = name;
    }

    /** The number of the name. */
    int name() {
      return name;
    }

    /** The number of the line with {@code value}, or -1. */
    int line(String value) {
      int at = values.indexOf(value);
      return at < 0 ? -1 : numbers.get(at);
    }
  }

  /**
   * A table of lines: a number, a name and perhaps a value, divided by a blank each. A name's
   * number is the first that it has.
   */
  StaticTable(String lines) {
    for (String line : lines.lines().toList()) {
      List<String> parts = List.of(line.split(" ", 3));
      int number = Integer.parseInt(parts.get(0));
      Known known = names.computeIfAbsent(FieldName.of(parts.get(1)), name -> new Known(number));
      if (parts.size() > 2) {
        known.values.add(parts.get(2));
        known.numbers.add(number);
      }
      this.lines.add(new FieldLine(parts.get(1), parts.size() > 2 ? parts.get(2) : ""));
    }
  }

  /** How many lines there are. */
  int lines() {
    return lines.size();
  }

  /** The line in that place, 1 for the first; null if there is none. */
  @Nullable FieldLine line(int place) {
    return place < 1 || place > lines.size() ? null : lines.get(place - 1);
  }

  /** What is known of {@code name}, or null. */
  @Nullable Known of(FieldName name) {
    return names.get(name);
  }
}
