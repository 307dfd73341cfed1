package darban.store;

import java.util.function.LongSupplier;

/**
 * How much a content may hold, and how far apart who reads and what comes may be.
 *
 * @param memory bytes that stay in memory; beyond them a file is needed
 * @param unwritten bytes of a feed that may wait for the disk, whatever others have
 * @param slice bytes of a slice
 * @param readAhead bytes that are fetched ahead of who reads
 * @param backlog what feeds have waiting beyond that
 */
record ContentBounds(
    int memory, int unwritten, int slice, LongSupplier readAhead, Backlog backlog) {
  /** Bytes of memory that are set aside for what comes. */
  int held() {
    return Math.max(memory, unwritten);
  }

  /**
   * Bytes that a feed may be ahead of the fastest reader, where it could go on later: what is read
   * comes in slices, even where nothing is to be read ahead.
   */
  long ahead() {
    return Math.max(slice, readAhead.getAsLong());
  }

  /**
   * Bytes that a feed may be behind a reader who waits for it: beyond, it is better to ask anew.
   */
  int near() {
    return 4 * slice;
  }

  /** Bytes that are fetched yet for whoever read to an end, and may come back for what follows. */
  long rest() {
    return readAhead.getAsLong() + slice;
  }
}
