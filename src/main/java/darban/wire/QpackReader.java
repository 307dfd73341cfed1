package darban.wire;

import darban.base.Failure;

/**
 * Reads field sections of HTTP/3 (RFC 9204) of peers that were allowed no dynamic table, so that no
 * section refers to another. Confined to one thread: one belongs to each event loop.
 */
public final class QpackReader extends SectionReader {
  private static final int TEXT_BITS = 7;

  /** A reader. */
  public QpackReader() {
    super("QPACK");
  }

  /**
   * Reads a whole section.
   *
   * @param lines takes its lines
   * @throws Failure if it cannot be understood, which ends the connection (RFC 9204 §2.2)
   */
  public void read(byte[] bytes, int from, int to, FieldBlock lines) throws Failure {
    begin(bytes, from, to);
    prefix();
    while (hasMore()) {
      lines.line(line());
    }
    end();
  }

  /** That nothing of a dynamic table is needed (RFC 9204 §4.5.1). */
  private void prefix() throws Failure {
    if (number(8) != 0) {
      throw broken("dynamic table");
    }
    boolean negative = peek() < 0;
    number(7);
    if (negative) {
      throw broken("base below 0");
    }
  }

  /** The next line, by what its first bits tell (RFC 9204 §4.5.2 to §4.5.6). */
  private FieldLine line() throws Failure {
    int first = peek();
    if ((first & 0xc0) == 0xc0) {
      return known(number(6));
    }
    if ((first & 0xd0) == 0x50) {
      String name = known(number(4)).name();
      return new FieldLine(name, string(TEXT_BITS));
    }
    if ((first & 0xe0) == 0x20) {
      String name = string(3);
      return new FieldLine(name, string(TEXT_BITS));
    }
    throw broken("dynamic table");
  }

  private FieldLine known(int number) throws Failure {
    // The table counts from 1, as RFC 7541 does.
    return known(QpackWriter.TABLE.line(number + 1));
  }
}
