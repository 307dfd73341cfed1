package darban.store.disk;

import java.util.Arrays;

/**
 * The tags of all rows as hashes, in lists within three arrays. The rows of a tag are found by
 * looking at all of them, which takes milliseconds for millions and no memory. Guarded by the
 * index's lock.
 */
final class Tags {
  private static final int NONE = Rows.NONE;
  private static final long[] NO_TAGS = {};

  private long[] hashes = new long[256];
  private int[] rows = new int[256];
  private int[] nexts = new int[256];
  private int end;
  private int count;
  private int free = NONE;

  /** Adds the tags of a row; the list's first cell, or none. */
  int add(int row, long[] tags) {
    int first = NONE;
    count += tags.length;
    for (long tag : tags) {
      int cell = claim();
      hashes[cell] = tag;
      rows[cell] = row;
      nexts[cell] = first;
      first = cell;
    }
    return first;
  }

  private int claim() {
    if (free != NONE) {
      int cell = free;
      free = nexts[cell];
      return cell;
    }
    if (end == hashes.length) {
      hashes = Arrays.copyOf(hashes, end * 2);
      rows = Arrays.copyOf(rows, end * 2);
      nexts = Arrays.copyOf(nexts, end * 2);
    }
    return end++;
  }

  /** Forgets the list that begins with {@code first}. */
  void remove(int first) {
    int cell = first;
    while (cell != NONE) {
      int next = nexts[cell];
      rows[cell] = NONE;
      count--;
      nexts[cell] = free;
      free = cell;
      cell = next;
    }
  }

  /** The tags of the list that begins with {@code first}. */
  long[] of(int first) {
    int count = 0;
    for (int cell = first; cell != NONE; cell = nexts[cell]) {
      count++;
    }
    if (count == 0) {
      return NO_TAGS;
    }
    long[] all = new long[count];
    for (int cell = first; cell != NONE; cell = nexts[cell]) {
      all[--count] = hashes[cell];
    }
    return all;
  }

  /** Tags of all rows together. */
  int count() {
    return count;
  }

  /** Above the number of every cell. */
  int end() {
    return end;
  }

  /** The row that carries {@code tag} by {@code cell}, or none. */
  int rowOf(int cell, long tag) {
    return hashes[cell] == tag ? rows[cell] : NONE;
  }
}
