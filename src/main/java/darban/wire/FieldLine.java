package darban.wire;

import darban.http.FieldName;
import org.jspecify.annotations.Nullable;

/**
 * A line of a field section as a table keeps it, so that what was found good of it once need not be
 * looked at again. Any thread.
 */
final class FieldLine {
  private final String name;
  private final String value;
  private @Nullable FieldName good;

  /** A line as it came, which may be anything. */
  FieldLine(String name, String value) {
    this.name = name;
    this.value = value;
  }

  String name() {
    return name;
  }

  String value() {
    return value;
  }

  /** What it counts in a table (RFC 7541 §4.1). */
  int size() {
    return name.length() + value.length() + 32;
  }

  /** The name of a field whose name and value were found good; else null. */
  @Nullable FieldName good() {
    return good;
  }

  /** Notes that name and value are good; racing threads note the same. */
  void good(FieldName checked) {
    good = checked;
  }
}
