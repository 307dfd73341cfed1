package darban.store.disk;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What is done in the background: looking through all entries for damage, at a bounded rate;
 * carrying out purges; writing the index anew when its journal has grown. One thread of its own.
 */
final class Care {
  private static final Logger LOG = Logger.getLogger("darban");
  private static final long TICK_MILLIS = 1000;
  private static final int TICKS_PER_FIT = 5;

  /** Between two looks at all: where little is stored, a look is over at once. */
  private static final int TICKS_OF_REST = 5;

  /** Bytes that could be read in the time a look at an entry takes, however small it is. */
  private static final long BYTES_OF_A_LOOK = 16 * 1024;

  private static final int ROWS_AT_A_TIME = 256;
  private static final byte[] NO_KEY = {};

  private final Parts parts;
  private final Bodies bodies;
  private final SegmentLog log;
  private final Loader loader;
  private final Purges purges;
  private int scrubbing;
  private int restsUntil;
  private int ticks;
  private long owed;
  private volatile boolean snapshotting;

  Care(Parts parts, Bodies bodies, SegmentLog log, Loader loader, Purges purges) {
    this.parts = parts;
    this.bodies = bodies;
    this.log = log;
    this.loader = loader;
    this.purges = purges;
  }

  void start() {
    parts
        .crew
        .care()
        .scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      if (parts.health.works() && (parts.journal.isDue() || !parts.folder.isThere())) {
        snapshotSoon();
      }
      sweep(purges.active());
      if (ticks++ % TICKS_PER_FIT == 0) {
        parts.writer.execute(0, this::fit);
      }
      scrub();
      parts.writer.execute(0, () -> parts.index.empty().forEach(log::drop));
    } catch (RuntimeException bug) {
      LOG.log(Level.SEVERE, "caring for the disk cache failed", bug);
    }
  }

  // Damage

  /** Looks at as much as the rate allows since the last time; having seen all, rests. */
  private void scrub() {
    if (ticks < restsUntil) {
      return;
    }
    owed += parts.options.scrubRate() * TICK_MILLIS / 1000;
    int end = parts.index.end();
    while (owed > 0 && scrubbing < end) {
      for (Row row : parts.index.some(scrubbing, 16)) {
        long bytes = loader.check(row);
        owed -= Math.max(bytes, BYTES_OF_A_LOOK);
        parts.scrubbed.add(bytes);
      }
      scrubbing += 16;
    }
    if (scrubbing >= end) {
      scrubbing = 0;
      owed = Math.min(owed, 0);
      restsUntil = ticks + TICKS_OF_REST;
    }
  }

  // Purges

  /** Carries out purges in all rows, and forgets them. */
  private void sweep(List<Purge> under) {
    if (under.isEmpty()) {
      return;
    }
    everyRow(row -> sweep(row, under));
    parts.writer.execute(
        0,
        () -> {
          under.forEach(purge -> parts.note(new Frame.Done(purge)));
          under.forEach(purges::done);
        });
  }

  private void sweep(Row row, List<Purge> under) {
    List<Purge> perhaps = under.stream().filter(purge -> row.id() < purge.before()).toList();
    if (perhaps.isEmpty()) {
      return;
    }
    boolean byKey = !perhaps.stream().allMatch(Purge::meansAll);
    byte[] key = byKey ? loader.key(row) : NO_KEY;
    // What cannot be read may be meant.
    List<Purge> meant =
        perhaps.stream().filter(purge -> key == null || purge.means(row.id(), key)).toList();
    if (!meant.isEmpty()) {
      carryOut(row, key != null && meant.stream().allMatch(Purge::soft));
    }
  }

  /** Removes an entry or marks it; whether it was there. Any thread. */
  boolean carryOut(Row row, boolean softly) {
    if (!softly) {
      return bodies.remove(row.key(), row.id());
    }
    Row marked = parts.index.soften(row.key(), row.id());
    if (marked != null) {
      parts.writer.execute(0, () -> noteMarked(row));
    }
    return marked != null;
  }

  private void noteMarked(Row row) {
    Row now = parts.index.row(row.key(), row.id());
    if (now != null) {
      parts.note(new Frame.Put(now));
    }
  }

  // The index's snapshot

  /** Begins a new journal and writes all entries anew. Any thread; nothing if it is under way. */
  void snapshotSoon() {
    synchronized (this) {
      if (snapshotting) {
        return;
      }
      snapshotting = true;
    }
    parts.writer.execute(0, this::beginAnew);
  }

  /** Whatever happens, either the snapshot is made or it is tried again. The writer's thread. */
  private void beginAnew() {
    int next = parts.journal.number() + 1;
    boolean begun = false;
    try {
      ready();
      parts.journal.begin(next, purges.active());
      parts.crew.care().execute(() -> snapshot(next));
      begun = true;
    } catch (IOException e) {
      parts.journalFailed(e);
    } catch (RejectedExecutionException closed) {
      // The next start reads this journal after the one before, and makes a snapshot of both.
    } finally {
      if (!begun) {
        tryAgain();
      }
    }
  }

  private void tryAgain() {
    snapshotting = false;
    parts.retryLater();
  }

  /** Makes what somebody deleted, and room where there is none. The writer's thread. */
  private void ready() throws IOException {
    if (!parts.folder.isThere()) {
      LOG.warning("the disk cache " + parts.folder.root() + " was deleted: it begins anew");
      everyRow(bodies::gone);
      log.dropAll();
      parts.journal.gone();
    }
    parts.folder.renew();
    fit();
  }

  /** Gets along with the room that there is. The writer's thread. */
  void fit() {
    try {
      parts.space.fit(parts.folder.usable());
      // It may have been larger before, or others need the room now.
      parts.room(0, 0);
    } catch (IOException e) {
      parts.health.readFailed(e);
    }
  }

  private void everyRow(Consumer<Row> task) {
    int end = parts.index.end();
    for (int from = 0; from < end; from += ROWS_AT_A_TIME) {
      parts.index.some(from, ROWS_AT_A_TIME).forEach(task);
    }
  }

  private void snapshot(int of) {
    try {
      parts.journal.snapshot(of, this::frames);
      parts.health.recovered();
      snapshotting = false;
    } catch (IOException e) {
      parts.writeFailed(e);
      tryAgain();
    } catch (RuntimeException bug) {
      LOG.log(Level.SEVERE, "writing the index of the disk cache failed", bug);
      tryAgain();
    }
  }

  /** All entries, some at a time. */
  private Iterator<Frame> frames() {
    return new Iterator<>() {
      private int from;
      private Iterator<Row> some = List.<Row>of().iterator();
      private @Nullable Frame next = advance();

      private @Nullable Frame advance() {
        while (!some.hasNext()) {
          if (from >= parts.index.end()) {
            return null;
          }
          some = parts.index.some(from, ROWS_AT_A_TIME).iterator();
          from += ROWS_AT_A_TIME;
        }
        return new Frame.Put(some.next());
      }

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public Frame next() {
        Frame now = next;
        if (now == null) {
          throw new NoSuchElementException();
        }
        next = advance();
        return now;
      }
    };
  }
}
