package darban.store;

import java.util.function.LongSupplier;

/**
 * How much a store may hold. Immutable, any thread.
 *
 * @param memory bytes of memory, for content and heads, stored and on their way
 * @param memoryObject bytes of one content that stays in memory; what is larger needs the disk
 * @param maxObject bytes of one content
 * @param slice bytes of a slice on disk, a power of two
 * @param readAhead bytes that are fetched ahead of who reads, where what is missing can be fetched
 */
public record Capacity(long memory, int memoryObject, long maxObject, int slice, long readAhead) {
  /** What is on its way may take this part of the memory. */
  private static final int FILLING_PART = 4;

  private static final int BACKLOG_PART = 16;
  private static final int LARGEST_PART = 8;
  private static final long LEAST_UNWRITTEN = 64 * 1024;
  private static final long MOST_UNWRITTEN = 512 * 1024;

  /** Bytes of one content that stays in memory, if it is small. */
  int object() {
    return (int) Math.min(memoryObject, memory / LARGEST_PART);
  }

  /** Bytes of one response on its way that may wait for the disk or a slow reader. */
  int unwritten() {
    return (int) Math.clamp(memory / 256, LEAST_UNWRITTEN, MOST_UNWRITTEN);
  }

  long filling() {
    return memory / FILLING_PART;
  }

  /** Bytes of all responses on their way that may wait for the disk, beyond those of each. */
  long backlog() {
    return memory / BACKLOG_PART;
  }

  /** Bytes of what is stored; only what a disk is written from can wait for one. */
  long stored(boolean onDiskToo) {
    return memory - filling() - (onDiskToo ? backlog() : 0);
  }

  ContentBounds bounds(LongSupplier readAhead, Backlog backlog) {
    return new ContentBounds(object(), unwritten(), slice, readAhead, backlog);
  }
}
