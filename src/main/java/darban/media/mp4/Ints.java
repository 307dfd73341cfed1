package darban.media.mp4;

import darban.media.MalformedMedia;
import java.util.Arrays;

/** A growing array of numbers, for tables whose length is not known beforehand. One thread. */
final class Ints {
  private int[] values = new int[16];
  private int count;

  void add(int value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, grown(count));
    }
    values[count++] = value;
  }

  static int grown(int count) {
    if (count > 1 << 29) {
      throw new MalformedMedia("a table of samples is beyond all bounds");
    }
    return count * 2;
  }

  int[] trimmed() {
    return Arrays.copyOf(values, count);
  }
}
