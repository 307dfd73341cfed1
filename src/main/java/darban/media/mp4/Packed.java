package darban.media.mp4;

import java.util.Arrays;

/**
 * A list of numbers, by blocks in as few bits each as keep the numbers of a block apart: sizes of
 * samples take one or two bytes, rising numbers such as places in a file three. Immutable, any
 * thread.
 */
final class Packed {
  private static final int SHIFT = 8;
  private static final int BLOCK = 1 << SHIFT;
  private static final int MASK = BLOCK - 1;

  /** A block of numbers of one bit has 2 to the power of this words of 64 bits. */
  private static final int WORDS = SHIFT - 6;

  private static final long[] ALL_ALIKE = {};

  /** Bytes that a block takes besides its bits. */
  private static final int OVERHEAD = 28;

  private final int count;
  private final long[] leasts;

  /** The bits of each; a block of numbers of {@code n} bits has four times {@code n} words. */
  private final long[][] blocks;

  private Packed(int count, long[] leasts, long[][] blocks) {
    this.count = count;
    this.leasts = leasts;
    this.blocks = blocks;
  }

  int count() {
    return count;
  }

  long get(int index) {
    int block = index >>> SHIFT;
    long[] bits = blocks[block];
    int width = width(bits);
    if (width == 0) {
      return leasts[block];
    }
    int at = (index & MASK) * width;
    int word = at >>> 6;
    long value = bits[word] >>> at;
    if ((at & 63) + width > 64) {
      value |= bits[word + 1] << -at;
    }
    return leasts[block] + (value & (-1L >>> -width));
  }

  private static int width(long[] bits) {
    return bits.length >>> WORDS;
  }

  /** Of numbers that never fall: which is the last not above {@code value}; -1 if none is. */
  int floor(long value) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(middle) <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** The sum of the numbers from {@code from} to before {@code to}. */
  long sum(int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += get(i);
    }
    return sum;
  }

  /** The least number; there must be one. */
  long least() {
    return Arrays.stream(leasts).min().orElseThrow();
  }

  /** No number is above this. */
  long bound() {
    long bound = Long.MIN_VALUE;
    for (int block = 0; block < blocks.length; block++) {
      bound = Math.max(bound, bound(block));
    }
    return bound;
  }

  private long bound(int block) {
    int width = width(blocks[block]);
    return width == 0 ? leasts[block] : leasts[block] + (-1L >>> -width);
  }

  /**
   * The first number at {@code from} or behind it that is above {@code value}; the count if none
   * is.
   */
  int nextAbove(int from, long value) {
    int at = from;
    while (at < count && get(at) <= value) {
      // Of a block that has none nothing is looked at.
      at = bound(at >>> SHIFT) <= value ? (at | MASK) + 1 : at + 1;
    }
    return Math.min(at, count);
  }

  /** Roughly how many bytes of memory this takes. */
  long weight() {
    long words = 0;
    for (long[] bits : blocks) {
      words += bits.length;
    }
    return 8 * words + (long) OVERHEAD * blocks.length;
  }

  /** Collects numbers. Confined to one thread. */
  static final class Builder {
    private final long[] open = new long[BLOCK];
    private int count;
    private long[] leasts = new long[16];
    private long[][] blocks = new long[16][];

    int count() {
      return count;
    }

    long last() {
      return open[(count - 1) & MASK];
    }

    void add(long number) {
      int at = count & MASK;
      if (at == 0 && count > 0) {
        close(BLOCK);
      }
      open[at] = number;
      count++;
    }

    /** Adds the first {@code some} of {@code numbers}: in a fraction of the time of one by one. */
    void addAll(int[] numbers, int some) {
      for (int from = 0; from < some; ) {
        int at = count & MASK;
        if (at == 0 && count > 0) {
          close(BLOCK);
        }
        int length = Math.min(some - from, BLOCK - at);
        for (int i = 0; i < length; i++) {
          open[at + i] = numbers[from + i];
        }
        count += length;
        from += length;
      }
    }

    /** Adds the first {@code some} of {@code numbers}: in a fraction of the time of one by one. */
    void addAll(long[] numbers, int some) {
      for (int from = 0; from < some; ) {
        int at = count & MASK;
        if (at == 0 && count > 0) {
          close(BLOCK);
        }
        int length = Math.min(some - from, BLOCK - at);
        System.arraycopy(numbers, from, open, at, length);
        count += length;
        from += length;
      }
    }

    /** Puts another number in the place of the last one. */
    void replaceLast(long number) {
      open[(count - 1) & MASK] = number;
    }

    private void close(int length) {
      int block = (count - 1) >>> SHIFT;
      if (block == blocks.length) {
        leasts = Arrays.copyOf(leasts, Ints.grown(block));
        blocks = Arrays.copyOf(blocks, Ints.grown(block));
      }
      long least = open[0];
      long most = least;
      for (int i = 1; i < length; i++) {
        least = Math.min(least, open[i]);
        most = Math.max(most, open[i]);
      }
      leasts[block] = least;
      blocks[block] = least == most ? ALL_ALIKE : packed(length, least, most);
    }

    private long[] packed(int length, long least, long most) {
      int width = 64 - Long.numberOfLeadingZeros(most - least);
      long[] bits = new long[width << WORDS];
      long word = 0;
      int at = 0;
      int full = 0;
      for (int i = 0; i < length; i++) {
        long value = open[i] - least;
        word |= value << at;
        at += width;
        if (at >= 64) {
          bits[full++] = word;
          at -= 64;
          word = at == 0 ? 0 : value >>> (width - at);
        }
      }
      if (at > 0) {
        bits[full] = word;
      }
      return bits;
    }

    Packed build() {
      if (count > 0) {
        close(((count - 1) & MASK) + 1);
      }
      int used = (count + BLOCK - 1) >>> SHIFT;
      return new Packed(count, Arrays.copyOf(leasts, used), Arrays.copyOf(blocks, used));
    }
  }
}
