package darban.store;

import darban.flow.OpenFile;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A representation on disk in slices of one size, the last one shorter; a slice counts only when it
 * is sealed. Any thread. Counted: {@link #retain} and {@link #release}.
 */
public interface SliceFile {
  /** Bytes of a slice. */
  int sliceBytes();

  /** Tells the length of the whole, once it is known. */
  void length(long length);

  /**
   * Whether the slice is complete on disk and its checksum was right when it was last looked at.
   */
  boolean isPresent(int slice);

  /**
   * Makes sure of a present slice's bytes before they are read for the first time since the start.
   *
   * @param done told, on any thread, whether the slice may be read; if not it is present no more
   */
  void verify(int slice, Consumer<Boolean> done);

  /** Counts a slice as missing, since it cannot be read. */
  void lose(int slice);

  /** Whether {@link #verify} would have nothing to do. */
  boolean isVerified(int slice);

  /** The first slice in {@code [from, to)} that is missing or not verified; -1 for none. */
  default int firstUnverified(long from, long to) {
    for (int slice = (int) (from / sliceBytes()); (long) slice * sliceBytes() < to; slice++) {
      if (!isPresent(slice) || !isVerified(slice)) {
        return slice;
      }
    }
    return -1;
  }

  /** The first slice in {@code [from, to)} that is there but not verified; -1 for none. */
  default int firstDoubtful(long from, long to) {
    for (int slice = (int) (from / sliceBytes()); (long) slice * sliceBytes() < to; slice++) {
      if (isPresent(slice) && !isVerified(slice)) {
        return slice;
      }
    }
    return -1;
  }

  /** Verifies all slices in {@code [from, to)} that are there, one after the other. */
  default void verifyAll(long from, long to, Runnable done) {
    int slice = firstDoubtful(from, to);
    if (slice < 0) {
      done.run();
    } else {
      verify(slice, right -> verifyAll((slice + 1L) * sliceBytes(), to, done));
    }
  }

  /**
   * Writes pieces one after the other from {@code offset} on, off the event loop, in the order of
   * the calls.
   *
   * @param pieces owned by the file from now on
   * @param leisurely whether that may be a moment later, unless somebody is in a hurry
   * @param done told, on any thread, with null when the bytes can be read back, else what failed
   */
  void write(
      long offset, List<ByteBuf> pieces, boolean leisurely, Consumer<@Nullable Throwable> done);

  /** Somebody waits for what was handed in to be written. */
  void hurry();

  /** Counts {@code slice} as complete: all its bytes were written, one after the other. */
  void seal(int slice);

  /** The file, for reading what was written. */
  OpenFile file();

  /** One holder more. */
  void retain();

  /** One holder less; the last closes the file. */
  void release();

  /** Removes the file from the disk; what reads it may finish. */
  void delete();
}
