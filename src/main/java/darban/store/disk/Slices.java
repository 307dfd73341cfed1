package darban.store.disk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * What is known of the slices of one body. A slice is touched when space was set aside for it,
 * present when it is complete and its checksum known, verified when the bytes on disk were seen to
 * fit the checksum since the start. Any thread: looking takes no lock, changing does.
 */
final class Slices {
  private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
  private static final long SUM = 0xffff_ffffL;
  private static final long TOUCHED = 1L << 32;
  private static final long PRESENT = 1L << 33;
  private static final long VERIFIED = 1L << 34;

  /** What a journal keeps of a slice. */
  static final long KEPT = SUM | TOUCHED | PRESENT;

  private volatile long[] states;

  /** None yet, of about {@code count}. */
  Slices(int count) {
    states = new long[count];
  }

  /** As they were written down. */
  Slices(long[] kept) {
    states = kept;
  }

  /** Number of slices of a body. */
  static int count(long length, int sliceBytes) {
    return Math.toIntExact((length + sliceBytes - 1) / sliceBytes);
  }

  private long state(int slice) {
    long[] now = states;
    return slice < now.length ? (long) ELEMENT.getAcquire(now, slice) : 0;
  }

  private synchronized long change(int slice, long keep, long add) {
    if (slice >= states.length) {
      states = Arrays.copyOf(states, Math.max(slice + 1, states.length * 2));
    }
    long changed = (states[slice] & keep) | add;
    ELEMENT.setRelease(states, slice, changed);
    return changed & KEPT;
  }

  boolean isTouched(int slice) {
    return (state(slice) & TOUCHED) != 0;
  }

  boolean isPresent(int slice) {
    return (state(slice) & PRESENT) != 0;
  }

  boolean isVerified(int slice) {
    return (state(slice) & VERIFIED) != 0;
  }

  int sum(int slice) {
    return (int) state(slice);
  }

  /** What is kept of a slice. */
  long kept(int slice) {
    return state(slice) & KEPT;
  }

  /** Takes what was kept of a slice, unverified. */
  void restore(int slice, long kept) {
    change(slice, 0, kept & KEPT);
  }

  long touch(int slice) {
    return change(slice, -1, TOUCHED);
  }

  long seal(int slice, int sum) {
    return change(slice, 0, (sum & SUM) | TOUCHED | PRESENT | VERIFIED);
  }

  void verified(int slice) {
    if (isPresent(slice)) {
      change(slice, -1, VERIFIED);
    }
  }

  /** The slice is not what it was; its space is still taken. */
  long drop(int slice) {
    return change(slice, 0, TOUCHED);
  }

  /** Drops the slice if its checksum still is {@code sum}; whether it was. */
  synchronized boolean dropIf(int slice, int sum) {
    boolean same = isPresent(slice) && sum(slice) == sum;
    if (same) {
      drop(slice);
    }
    return same;
  }

  /** What is kept of all of them. */
  long[] kept() {
    long[] now = states;
    long[] kept = new long[now.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = (long) ELEMENT.getAcquire(now, i) & KEPT;
    }
    return kept;
  }

  /** How many it knows of. */
  int count() {
    return states.length;
  }

  /** Bytes of the slices that are present. */
  long stored(long length, int sliceBytes) {
    return bytes(PRESENT, length, sliceBytes, 1);
  }

  /** Bytes on disk that were set aside, in whole blocks. */
  long touched(long length, int sliceBytes) {
    return bytes(TOUCHED, length, sliceBytes, Space.BLOCK);
  }

  private long bytes(long which, long length, int sliceBytes, int unit) {
    long[] now = states;
    long sum = 0;
    for (int i = 0; i < now.length; i++) {
      if (((long) ELEMENT.getAcquire(now, i) & which) != 0) {
        long left = length < 0 ? sliceBytes : Math.min(sliceBytes, length - (long) i * sliceBytes);
        sum += (left + unit - 1) / unit * unit;
      }
    }
    return sum;
  }
}
