package darban.media.radio;

/**
 * When a listener gets the next block of metadata: after each {@code interval} bytes of sound. One
 * for each listener; confined to one thread.
 */
public final class IcySchedule {
  private final int interval;
  private int left;

  /** For blocks after every {@code interval} bytes, as {@code icy-metaint} tells it. */
  public IcySchedule(int interval) {
    if (interval <= 0) {
      throw new IllegalArgumentException("no interval: " + interval);
    }
    this.interval = interval;
    this.left = interval;
  }

  /** Bytes of sound that may be sent before a block is due; 0 when it is. */
  public int soundLeft() {
    return left;
  }

  /** Tells that so many bytes of sound were sent. */
  public void sound(int bytes) {
    if (bytes > left) {
      throw new IllegalArgumentException("a block was due after " + left + " bytes");
    }
    left -= bytes;
  }

  /** Tells that a block was sent. */
  public void block() {
    left = interval;
  }
}
