package darban.wire;

import darban.base.Failure;
import darban.base.Kind;
import java.nio.charset.StandardCharsets;

/**
 * Reads field sections of HTTP/2 (RFC 7541). Whatever their lines say, a section is read to its
 * end, since the next ones may refer to it. Confined to one thread: one belongs to each event loop.
 */
public final class HpackReader {
  private byte[] text = new byte[256];
  private byte[] in = text;
  private int at;
  private int end;

  /**
   * Reads a whole section.
   *
   * @param table what the connection's sections before it have told
   * @param lines takes its lines
   * @throws Failure if it cannot be understood; no later one of the connection can then
   */
  public void read(HpackTable table, byte[] bytes, int from, int to, FieldBlock lines)
      throws Failure {
    in = bytes;
    at = from;
    end = to;
    while (at < end && (in[at] & 0xe0) == 0x20) {
      if (!table.resize(number(5))) {
        throw broken("table too large");
      }
    }
    while (at < end) {
      lines.line(line(table));
    }
    in = text;
  }

  /** The next line, by what its first bits tell (RFC 7541 §6). */
  private FieldLine line(HpackTable table) throws Failure {
    int first = in[at];
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

  private static FieldLine known(HpackTable table, int number) throws Failure {
    FieldLine line =
        number <= HpackWriter.TABLE.lines()
            ? HpackWriter.TABLE.line(number)
            : table.line(number - HpackWriter.TABLE.lines());
    if (line == null) {
      throw broken("no such line");
    }
    return line;
  }

  private FieldLine literal(HpackTable table, int name) throws Failure {
    return new FieldLine(name == 0 ? string() : known(table, name).name(), string());
  }

  private String string() throws Failure {
    boolean huffman = at < end && in[at] < 0;
    int length = number(7);
    if (length > end - at) {
      throw broken("text beyond the section");
    }
    int from = at;
    at += length;
    if (!huffman) {
      return new String(in, from, length, StandardCharsets.ISO_8859_1);
    }
    if (text.length < Huffman.most(length)) {
      text = new byte[Huffman.most(length)];
    }
    int decoded = Huffman.decode(in, from, at, text);
    if (decoded < 0) {
      throw broken("no Huffman code");
    }
    return new String(text, 0, decoded, StandardCharsets.ISO_8859_1);
  }

  /** A number in the last bits of an octet and, if it is large, behind it (RFC 7541 §5.1). */
  private int number(int bits) throws Failure {
    int most = (1 << bits) - 1;
    int number = octet() & most;
    if (number < most) {
      return number;
    }
    for (int shift = 0; shift < 28; shift += 7) {
      int octet = octet();
      number += (octet & 0x7f) << shift;
      if ((octet & 0x80) == 0) {
        return number;
      }
    }
    throw broken("number too large");
  }

  private int octet() throws Failure {
    if (at >= end) {
      throw broken("section cut short");
    }
    return in[at++];
  }

  private static Failure broken(String what) {
    return Failure.of(Kind.BAD_REQUEST, "malformed field section").detailed("HPACK: " + what);
  }
}
