package darban.wire;

import darban.base.Failure;

/**
 * Reads field sections of HTTP/2 (RFC 7541). Whatever their lines say, a section is read to its
 * end, since the next ones may refer to it. Confined to one thread: one belongs to each event loop.
 */
public final class HpackReader extends SectionReader {
  private static final int TEXT_BITS = 7;

  /** A reader. */
  public HpackReader() {
    super("HPACK");
  }

  /**
   * Reads a whole section.
   *
   * @param table what the connection's sections before it have told
   * @param lines takes its lines
   * @throws Failure if it cannot be understood; no later one of the connection can then
   */
  public void read(HpackTable table, byte[] bytes, int from, int to, FieldBlock lines)
      throws Failure {
    begin(bytes, from, to);
    while (hasMore() && (peek() & 0xe0) == 0x20) {
      if (!table.resize(number(5))) {
        throw broken("table too large");
      }
    }
    while (hasMore()) {
      lines.line(line(table));
    }
    end();
  }

  /** The next line, by what its first bits tell (RFC 7541 §6). */
  private FieldLine line(HpackTable table) throws Failure {
    int first = peek();
    if (first < 0) {
      return known(table, number(7));
    }
    if ((first & 0x40) != 0) {
      FieldLine told = literal(table, number(6));
      table.add(told);
      return told;
    }
    if ((first & 0x20) != 0) {
      throw broken("table resized within a section");
    }
    return literal(table, number(4));
  }

  private FieldLine known(HpackTable table, int number) throws Failure {
    return known(
        number <= HpackWriter.TABLE.lines()
            ? HpackWriter.TABLE.line(number)
            : table.line(number - HpackWriter.TABLE.lines()));
  }

  private FieldLine literal(HpackTable table, int name) throws Failure {
    return new FieldLine(
        name == 0 ? string(TEXT_BITS) : known(table, name).name(), string(TEXT_BITS));
  }
}
