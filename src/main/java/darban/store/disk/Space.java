package darban.store.disk;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of the disk that the store may use. What is written is set aside before, and given back
 * when the file is closed for good, not when it is removed: until then the system keeps its bytes.
 * Where the file system has less than that, the store gets along with what there is. Any thread.
 */
final class Space {
  /** What file systems allocate at a time, in bytes. */
  static final int BLOCK = 4096;

  /** Of the capacity, what is left to others on a full disk, and what comes back at a time. */
  private static final int STEPS = 32;

  private final long capacity;
  private final AtomicLong used = new AtomicLong();
  private volatile long limit;

  Space(long capacity) {
    this.capacity = capacity;
    this.limit = capacity;
  }

  /** {@code bytes} in whole blocks. */
  static long blocks(long bytes) {
    return (bytes + BLOCK - 1) / BLOCK * BLOCK;
  }

  long capacity() {
    return capacity;
  }

  long used() {
    return used.get();
  }

  /** Gets along with what there is, when the file system has {@code usable} bytes left. */
  void fit(long usable) {
    long step = Math.max(capacity / STEPS, 1);
    limit = Math.clamp(used.get() + usable - step, 0, capacity);
  }

  /** Sets bytes aside if that leaves {@code spare} free; whether it could. */
  boolean take(long bytes, long spare) {
    long now = used.get();
    while (now + bytes + spare <= limit) {
      if (used.compareAndSet(now, now + bytes)) {
        return true;
      }
      now = used.get();
    }
    return false;
  }

  /** Counts bytes that are on disk already, or for which {@code spare} was left. */
  void count(long bytes) {
    used.addAndGet(bytes);
  }

  void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }
}
