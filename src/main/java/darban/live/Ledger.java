package darban.live;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that the clips of a stream take, of memory but for the last. Any thread.
 *
 * @param kept by clips that are found
 * @param leaving by clips that are not found any more, yet read
 * @param onDisk bytes that clips have on disk
 */
record Ledger(AtomicLong kept, AtomicLong leaving, AtomicLong onDisk) {
  Ledger() {
    this(new AtomicLong(), new AtomicLong(), new AtomicLong());
  }
}
