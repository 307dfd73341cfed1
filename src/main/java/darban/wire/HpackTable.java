package darban.wire;

import org.jspecify.annotations.Nullable;

/**
 * The lines that a peer has told once and may name by a number from then on (RFC 7541 §2.3.2): 4096
 * bytes at most, the newest first. Confined to one thread; one belongs to each connection.
 */
public final class HpackTable {
  /** Bytes, each line counting 32 more than its text; what a peer may use unless told otherwise. */
  private static final int MOST = 4096;

  private static final FieldLine[] NONE = {};

  private @Nullable FieldLine[] lines = NONE;
  private int newest;
  private int count;
  private int size;
  private int most = MOST;

  /** The line of that number, 1 for the newest; null if there is none. */
  @Nullable FieldLine line(int number) {
    return number < 1 || number > count ? null : lines[(newest - number + 1) & (lines.length - 1)];
  }

  /** Adds a line, which drives out the oldest; one that is larger than all empties the table. */
  void add(FieldLine line) {
    makeRoom(line.size());
    if (line.size() > most) {
      return;
    }
    if (count == lines.length) {
      grow();
    }
    newest = (newest + 1) & (lines.length - 1);
    lines[newest] = line;
    count++;
    size += line.size();
  }

  private void grow() {
    @Nullable FieldLine[] more = new FieldLine[Math.max(8, lines.length * 2)];
    for (int i = 0; i < count; i++) {
      more[i] = line(count - i);
    }
    lines = more;
    newest = count - 1;
  }

  private void makeRoom(int bytes) {
    while (count > 0 && size + bytes > most) {
      int oldest = (newest - count + 1) & (lines.length - 1);
      FieldLine gone = lines[oldest];
      if (gone != null) {
        size -= gone.size();
      }
      lines[oldest] = null;
      count--;
    }
  }

  /** Bounds it anew; false if that is more than it may have. */
  boolean resize(int bytes) {
    if (bytes > MOST) {
      return false;
    }
    most = bytes;
    makeRoom(0);
    return true;
  }
}
