package darban.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads texts in Huffman's code for HTTP/2 (RFC 7541, appendix B). Immutable, any thread.
 *
 * <p>The code is canonical: of two symbols the one with the shorter code, or else the smaller one,
 * comes first, so that the lengths alone tell it. It is looked up eight bits at a time.
 */
final class Huffman {
  /** Bits of the code of each octet. */
  private static final String LENGTHS =
      """
      13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28
      28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
      6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6
      5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
      13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7
      7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
      15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5
      6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
      20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23
      24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
      22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23
      21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
      26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25
      19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
      20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23
      26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
      """;

  private static final int LONGEST = 30;

  /**
   * For each eight bits: an octet and how many of the bits it takes, as {@code octet << 8 | bits};
   * or where the next eight are looked up, below zero; or 0 where there is nothing.
   */
  private static final int[] TABLE = table();

  private Huffman() {}

  private static int[] table() {
    int[] lengths = Arrays.stream(LENGTHS.split("\\s+")).mapToInt(Integer::parseInt).toArray();
    List<int[]> blocks = new ArrayList<>(List.of(new int[256]));
    int code = 0;
    for (int length = 1; length <= LONGEST; length++) {
      code <<= 1;
      for (int octet = 0; octet < lengths.length; octet++) {
        if (lengths[octet] == length) {
          enter(blocks, code++, length, octet);
        }
      }
    }
    return blocks.stream().flatMapToInt(Arrays::stream).toArray();
  }

  private static void enter(List<int[]> blocks, int code, int length, int octet) {
    int[] block = blocks.getFirst();
    int left = length;
    for (; left > 8; left -= 8) {
      int at = (code >>> (left - 8)) & 0xff;
      if (block[at] == 0) {
        block[at] = -blocks.size();
        blocks.add(new int[256]);
      }
      block = blocks.get(-block[at]);
    }
    int first = (code << (8 - left)) & 0xff;
    Arrays.fill(block, first, first + (1 << (8 - left)), (octet << 8) | left);
  }

  /** The most octets that {@code length} octets of code stand for. */
  static int most(int length) {
    return length * 8 / 5;
  }

  /**
   * Decodes.
   *
   * @param to has room for {@link #most} of them
   * @return the number of octets they stand for; -1 for what is no such code
   */
  static int decode(byte[] code, int from, int end, byte[] to) {
    int length = 0;
    int block = 0;
    int bits = 0; // of the code that are not used yet, the last of them in window
    int window = 0;
    int since = 0; // bits since the last whole octet
    for (int i = from; i < end; i++) {
      window = (window << 8) | (code[i] & 0xff);
      bits += 8;
      since += 8;
      while (bits >= 8) {
        int found = TABLE[block + ((window >>> (bits - 8)) & 0xff)];
        if (found > 0) {
          to[length++] = (byte) (found >> 8);
          bits -= found & 0xff;
          since = bits;
          block = 0;
        } else if (found < 0) {
          bits -= 8;
          block = -found << 8;
        } else {
          return -1;
        }
      }
    }
    while (bits > 0) {
      int found = TABLE[block + ((window << (8 - bits)) & 0xff)];
      if (found <= 0 || (found & 0xff) > bits) {
        break;
      }
      to[length++] = (byte) (found >> 8);
      bits -= found & 0xff;
      since = bits;
      block = 0;
    }
    // What is left is less than an octet of ones (RFC 7541 §5.2).
    boolean ones = (window & ((1 << bits) - 1)) == (1 << bits) - 1;
    return since < 8 && ones ? length : -1;
  }
}
