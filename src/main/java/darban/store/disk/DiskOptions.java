package darban.store.disk;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a disk store is to be.
 *
 * @param directory its own; made if need be
 * @param capacity bytes it may take on disk, all in all; at least 16 MiB
 * @param sliceBytes bytes of a slice; a change throws away what is stored
 * @param smallBytes bodies up to this many bytes share files; at most 256 KiB
 * @param mostEntries bound of the entries, each of which takes about 110 bytes of memory
 * @param pendingBytes of bodies that wait to be written; beyond them nothing new is stored
 * @param scrubRate bytes a second that are read in the background to find damage; 0 for none
 * @param retry pause before writing is tried again after it failed; doubled up to 64 times
 */
public record DiskOptions(
    Path directory,
    long capacity,
    int sliceBytes,
    int smallBytes,
    int mostEntries,
    long pendingBytes,
    long scrubRate,
    Duration retry) {
  private static final long LEAST_CAPACITY = 16L << 20;

  /** Checks the bounds. */
  public DiskOptions {
    if (capacity < LEAST_CAPACITY) {
      throw new IllegalArgumentException("a capacity of " + capacity + " bytes is too small");
    }
    if (sliceBytes < Space.BLOCK || smallBytes < 0 || smallBytes > 256 * 1024) {
      throw new IllegalArgumentException("slices or small bodies out of bounds");
    }
  }

  /** What is usual for {@code capacity} bytes in {@code directory}. */
  public static DiskOptions of(Path directory, long capacity) {
    int entries = Math.clamp(capacity / 8192, 10_000, 4_000_000);
    return new DiskOptions(
        directory,
        capacity,
        1 << 20,
        64 << 10,
        entries,
        64L << 20,
        16L << 20,
        Duration.ofSeconds(1));
  }

  /** Bytes of a segment: so many that a store has some hundred, so few that one is soon read. */
  int segmentBytes() {
    return (int) Math.clamp(Long.highestOneBit(capacity / 128), 1L << 20, 1L << 29);
  }
}
