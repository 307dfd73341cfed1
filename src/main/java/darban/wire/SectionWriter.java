package darban.wire;

import darban.http.FieldName;
import darban.http.Fields;
import org.jspecify.annotations.Nullable;

/** Writes field sections of HTTP/2 and HTTP/3. */
public abstract sealed class SectionWriter extends Octets permits HpackWriter, QpackWriter {
  private final StaticTable table;

  SectionWriter(Fields.Beginning.Form form, StaticTable table) {
    super(form);
    this.table = table;
  }

  /** Adds a line; those whose names begin with a colon come first. */
  public final SectionWriter field(FieldName name, String value) {
    line(name, value);
    return this;
  }

  /** Adds all lines but those that say what frames say there. */
  public final SectionWriter fields(Fields fields) {
    lines(fields, null);
    return this;
  }

  /** Whether it says what frames say (RFC 9113 §8.2.2, RFC 9114 §4.2). */
  private static boolean isForbidden(FieldName name) {
    return name == FieldName.HOST
        || name == FieldName.CONNECTION
        || name == FieldName.TRANSFER_ENCODING
        || name == FieldName.UPGRADE
        || name == FieldName.KEEP_ALIVE
        || name == FieldName.PROXY_CONNECTION;
  }

  @Override
  final void line(FieldName name, String value) {
    if (isForbidden(name)) {
      return;
    }
    StaticTable.Known known = table.of(name);
    int number = known == null ? -1 : known.line(value);
    if (number >= 0) {
      indexed(number);
    } else {
      name(name, known);
      string(value);
    }
  }

  /** Writes a line that the table has under {@code number}. */
  abstract void indexed(int number);

  /** Writes the name of a line, behind which its value comes. */
  abstract void name(FieldName name, StaticTable.@Nullable Known known);
}
