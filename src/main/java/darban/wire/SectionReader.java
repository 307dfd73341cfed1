package darban.wire;

import darban.base.Failure;
import darban.base.Kind;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads field sections of HTTP/2 and HTTP/3: the numbers and texts of which both are made (RFC 7541
 * §5, RFC 9204 §4.1). Confined to one thread.
 */
public abstract sealed class SectionReader permits HpackReader, QpackReader {
  private final String coding;
  private byte[] text = new byte[256];
  private byte[] in = text;
  private int at;
  private int end;

  SectionReader(String coding) {
    this.coding = coding;
  }

  /** Begins with a section. */
  final void begin(byte[] bytes, int from, int to) {
    in = bytes;
    at = from;
    end = to;
  }

  /** Ends with it. */
  final void end() {
    in = text;
  }

  final boolean hasMore() {
    return at < end;
  }

  /** The next octet, which stays the next; its sign is the first bit. */
  final int peek() throws Failure {
    if (at >= end) {
      throw broken("section cut short");
    }
    return in[at];
  }

  private int octet() throws Failure {
    int octet = peek();
    at++;
    return octet;
  }

  /** A number in the last bits of an octet and, if it is large, behind it. */
  final int number(int bits) throws Failure {
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

  /** A text, the length of which stands in the last bits of an octet, behind Huffman's flag. */
  final String string(int bits) throws Failure {
    boolean huffman = at < end && (in[at] & (1 << bits)) != 0;
    int length = number(bits);
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

  /** A line of a table, which must be there. */
  final FieldLine known(@Nullable FieldLine line) throws Failure {
    if (line == null) {
      throw broken("no such line");
    }
    return line;
  }

  final Failure broken(String what) {
    return Failure.of(Kind.BAD_REQUEST, "malformed field section").detailed(coding + ": " + what);
  }
}
