package darban.store.disk;

import darban.store.KeyHash;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all parts of a store share: its directory, space, index and journal, its crew and counters.
 */
final class Parts {
  final DiskOptions options;
  final Folder folder;
  final Space space;
  final Index index;
  final Journal journal;
  final Health health;
  final Crew crew;
  final Writer writer;
  final AtomicLong ids;

  /** Numbers the segments, and is the clock by which units grow old. */
  final AtomicInteger clock = new AtomicInteger();

  final LongAdder hits = new LongAdder();
  final LongAdder stored = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder evictions = new LongAdder();
  final LongAdder damaged = new LongAdder();
  final LongAdder scrubbed = new LongAdder();

  /** Makes room. */
  interface Room {
    /** Sets bytes aside, perhaps by giving up entries other than {@code id}. */
    boolean make(long bytes, long id);
  }

  private volatile Runnable retry = () -> {};
  private final AtomicBoolean retrying = new AtomicBoolean();
  private volatile Room room = (bytes, id) -> false;

  Parts(DiskOptions options, Folder folder, Crew crew) {
    this.options = options;
    this.folder = folder;
    this.space = new Space(options.capacity());
    this.index = new Index(options.sliceBytes());
    this.journal = new Journal(folder, options.sliceBytes(), space);
    this.health = new Health(options.directory(), options.retry());
    this.crew = crew;
    this.writer = new Writer(crew.writer(), this::flush, this::force, Writer.REST);
    this.ids = new AtomicLong();
  }

  /** What is done when writing may work again, on the writer's thread. */
  void onRetry(Runnable task) {
    retry = task;
  }

  /** Who makes room when there is none. */
  void onRoom(Room by) {
    room = by;
  }

  // The writer's thread

  /** Sets bytes aside, perhaps by giving up entries other than {@code id}; false if it cannot. */
  boolean room(long bytes, long id) {
    return room.make(bytes, id);
  }

  /** Keeps a frame in the journal. */
  void note(Frame frame) {
    try {
      journal.append(frame);
    } catch (IOException e) {
      journalFailed(e);
    }
  }

  /** Hands the journal to the system. */
  void flush() {
    try {
      journal.flush();
    } catch (IOException e) {
      journalFailed(e);
    }
  }

  /** Hands the journal to the disk itself; whether a start after a loss of power finds no more. */
  boolean force() {
    try {
      journal.force();
    } catch (IOException e) {
      journalFailed(e);
    }
    return journal.isTrue();
  }

  /** An index that cannot be kept is thrown away: rather nothing after a restart than too much. */
  void journalFailed(IOException why) {
    try {
      journal.invalidate();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
    writeFailed(why);
  }

  // Any thread

  /** Stops writing for a while. */
  void writeFailed(IOException why) {
    if (health.writeFailed(why)) {
      retryLater();
    }
  }

  /** Tries writing again after a pause; once, however often it is asked. */
  void retryLater() {
    if (!retrying.compareAndSet(false, true)) {
      return;
    }
    Runnable again =
        () -> {
          retrying.set(false);
          writer.execute(0, retry);
        };
    try {
      crew.care().schedule(again, health.pause().toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      // There is nothing left to try.
    }
  }

  /** Keeps a slice's state in the journal, after all that was handed in before. */
  void noteSlice(KeyHash key, long id, int slice, long kept) {
    writer.execute(0, () -> note(new Frame.Slice(key, id, slice, kept)));
  }

  /** Bytes to leave free for the index to grow and be written anew. */
  long spare() {
    return journal.growth(index.frameBytes());
  }
}
