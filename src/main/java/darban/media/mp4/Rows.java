package darban.media.mp4;

import darban.media.Cursor;

/**
 * Reads the rows of a box's table, each of some numbers of four bytes. They are taken some hundred
 * at once: one by one they would take several times as long. Confined to one thread.
 *
 * <pre>
 *   while (rows.next()) { … rows.number(0) }
 * </pre>
 */
final class Rows {
  private static final int AT_ONCE = 256;

  private final Cursor in;
  private final int columns;
  private final int[] taken;
  private final int count;
  private int left;
  private int at;
  private int end;

  /** Those of a table that begins with how many rows it has. */
  Rows(Cursor in, int columns) {
    long rows = in.u32();
    if (rows * columns * 4 > in.remaining()) {
      throw in.malformed("is shorter than its " + rows + " entries");
    }
    this.in = in;
    this.columns = columns;
    this.count = (int) rows;
    this.left = count;
    this.taken = new int[Math.min(count, AT_ONCE) * columns];
  }

  /** How many rows there are. */
  int count() {
    return count;
  }

  /** Goes to the next row; false if there is none. */
  boolean next() {
    at += columns;
    return at < end || nextSome();
  }

  /**
   * Goes to the rows behind those that were taken last, and takes some; false if there are none.
   */
  boolean nextSome() {
    int some = Math.min(left, AT_ONCE);
    left -= some;
    at = 0;
    end = some * columns;
    in.ints(taken, 0, end);
    return some > 0;
  }

  /** Whether none of the numbers that were taken last is negative. */
  boolean allPositive() {
    int all = 0;
    for (int i = 0; i < end; i++) {
      all |= taken[i];
    }
    return all >= 0;
  }

  /** Adds the numbers that were taken last. */
  void addTo(Packed.Builder out) {
    out.addAll(taken, end);
  }

  /** A number of the row. */
  int number(int column) {
    return taken[at + column];
  }

  /** A number of the row, unsigned. */
  long unsigned(int column) {
    return Integer.toUnsignedLong(number(column));
  }

  /** The first two numbers of the row as one, unsigned. */
  long large() {
    long value = (long) number(0) << 32 | unsigned(1);
    if (value < 0) {
      throw in.malformed("has a number beyond all bounds");
    }
    return value;
  }
}
