package darban.store;

/**
 * How much a content may hold.
 *
 * @param memory bytes that stay in memory; beyond them a file is needed
 * @param unwritten bytes of a feed that may wait for the disk, whatever others have
 * @param ahead bytes that a feed may be ahead of the fastest reader, where it could go on later
 * @param backlog what feeds have waiting beyond that
 */
record ContentBounds(int memory, int unwritten, int ahead, Backlog backlog) {
  /** Bytes of memory that are set aside for what comes. */
  int held() {
    return Math.max(memory, unwritten);
  }
}
