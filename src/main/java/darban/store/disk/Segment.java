package darban.store.disk;

import darban.flow.OpenFile;

/**
 * A file of small entries, one after the other, written once from its start to its end. Its chain
 * and size are guarded by the index's lock.
 */
final class Segment {
  private final int number;
  private final boolean main;
  private final OpenFile file;
  private final Rows.Chain entries = new Rows.Chain();
  private long charged;
  private int written;
  private boolean closed;

  /**
   * A segment.
   *
   * @param main whether it holds entries that proved their worth, else newcomers
   * @param file held once by the segment
   * @param charged bytes set aside for it
   */
  Segment(int number, boolean main, OpenFile file, int written, long charged) {
    this.number = number;
    this.main = main;
    this.file = file;
    this.written = written;
    this.charged = charged;
  }

  int number() {
    return number;
  }

  boolean main() {
    return main;
  }

  OpenFile file() {
    return file;
  }

  Rows.Chain entries() {
    return entries;
  }

  /** Bytes so far; only its writer's. */
  int written() {
    return written;
  }

  void written(int more) {
    written += more;
  }

  long charged() {
    return charged;
  }

  void charged(long bytes) {
    charged = bytes;
  }

  /** Whether no more will be written. */
  boolean closed() {
    return closed;
  }

  void close() {
    closed = true;
  }
}
