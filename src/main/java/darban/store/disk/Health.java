package darban.store.disk;

import darban.store.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Whether the disk takes what is written. The first failure is told, and stops writing; then it is
 * tried again in growing pauses. Any thread.
 */
final class Health {
  private static final Logger LOG = Logger.getLogger("darban");
  private static final int MOST_DOUBLINGS = 6;
  private static final Duration LASTING = Duration.ofMinutes(2);

  private final Path directory;
  private final Duration pause;
  private final LongAdder errors = new LongAdder();
  private volatile Disk.State state = Disk.State.WORKING;
  private int tries;
  private long recovered;

  Health(Path directory, Duration pause) {
    this.directory = directory;
    this.pause = pause;
  }

  Disk.State state() {
    return state;
  }

  boolean works() {
    return state == Disk.State.WORKING;
  }

  long errors() {
    return errors.sum();
  }

  /** Reading failed; whatever it was is lost, the disk is not. */
  void readFailed(IOException why) {
    errors.increment();
    LOG.log(Level.FINE, "cannot read from the disk cache", why);
  }

  /** Writing failed; whether that is new, and must be tried again. */
  synchronized boolean writeFailed(IOException why) {
    errors.increment();
    if (state != Disk.State.WORKING) {
      return false;
    }
    state = Disk.State.READ_ONLY;
    LOG.log(
        Level.WARNING,
        () -> "cannot write to the disk cache " + directory + ": " + why + "; storing nothing");
    return true;
  }

  /** How long to wait before the next try: longer and longer, until it worked for a while. */
  synchronized Duration pause() {
    if (recovered != 0 && System.nanoTime() - recovered > LASTING.toNanos()) {
      tries = 0;
    }
    recovered = 0;
    Duration now = pause.multipliedBy(1L << Math.min(tries, MOST_DOUBLINGS));
    tries++;
    return now;
  }

  /** A try was good. */
  synchronized void recovered() {
    if (state == Disk.State.READ_ONLY) {
      state = Disk.State.WORKING;
      recovered = System.nanoTime();
      LOG.log(Level.INFO, () -> "the disk cache " + directory + " can be written again");
    }
  }

  /** There is no more to come; whether it was not so before. */
  synchronized boolean close() {
    boolean first = state != Disk.State.CLOSED;
    state = Disk.State.CLOSED;
    return first;
  }
}
