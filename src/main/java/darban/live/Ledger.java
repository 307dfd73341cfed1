package darban.live;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of memory that the clips of a stream take. Any thread.
 *
 * @param kept by clips that are found
 * @param leaving by clips that are not found any more, yet read
 */
record Ledger(AtomicLong kept, AtomicLong leaving) {
  Ledger() {
    this(new AtomicLong(), new AtomicLong());
  }
}
