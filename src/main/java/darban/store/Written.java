package darban.store;

/**
 * How far the bytes of a feed, which come one after the other, are in the content's file: up to
 * where they are written, and up to where they are counted as slices. Guarded by the content's
 * lock.
 */
final class Written {
  private long durable;
  private long sealed;
  private long lost;

  /** Nothing yet; the first byte will be that at {@code start}. */
  Written(long start) {
    this.durable = start;
    this.sealed = start;
    this.lost = start;
  }

  /** The offset behind the last byte that is written. */
  long to() {
    return durable;
  }

  /** So many bytes more are written. */
  void add(long bytes) {
    durable += bytes;
  }

  /**
   * Counts the slices that are complete now.
   *
   * @param length of the whole, or -1 while it is not known
   */
  void seal(SliceFile file, long length) {
    int size = file.sliceBytes();
    while (sealed < durable) {
      boolean last = length >= 0 && length - sealed <= size;
      long next = last ? length : sealed + size;
      if (durable < next) {
        return;
      }
      file.seal((int) (sealed / size));
      sealed = next;
    }
  }

  /** Whether the slice that begins at {@code at} is in none that is complete or was lost. */
  boolean isOpen(long at) {
    return at >= Math.max(sealed, lost);
  }

  /** Where what was written from {@code at} on, and is in no slice yet, ends; else {@code at}. */
  long from(long at) {
    return isOpen(at) && at < durable ? durable : at;
  }

  /** What was written at {@code at}, and is in no slice yet, cannot be read back. */
  void lose(long at) {
    if (from(at) > at) {
      lost = durable;
    }
  }
}
