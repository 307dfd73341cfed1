package darban.store.disk;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of the disk that the store may use. What is written is set aside before, and given back
 * when the file is closed for good, not when it is removed: until then the system keeps its bytes.
 * Any thread.
 */
final class Space {
  /** What file systems allocate at a time, in bytes. */
  static final int BLOCK = 4096;

  private final long capacity;
  private final AtomicLong used = new AtomicLong();

  Space(long capacity) {
    this.capacity = capacity;
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

  /** Sets bytes aside if that leaves {@code spare} free; whether it could. */
  boolean take(long bytes, long spare) {
    long now = used.get();
    while (now + bytes + spare <= capacity) {
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
