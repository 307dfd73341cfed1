package darban.store.disk;

import darban.store.KeyHash;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes room, by S3-FIFO: what is new goes through a short queue, and only what was used there gets
 * into the main one, in which what was used since is kept once more. So a scan of things asked for
 * once passes by what is popular. A segment goes as a whole: the used ones of its entries are
 * written anew elsewhere, at most half of it, so that each step frees something. The writer's
 * thread.
 *
 * <p>What was given up as a newcomer is remembered by a short mark: if it comes again it goes to
 * the main queue at once.
 */
final class Eviction {
  /** Newcomers take this part of the capacity when it is used up. */
  private static final int NEWCOMERS_PART = 10;

  private static final int MOST_KEPT = 128;
  private static final int MARKS = 1 << 18;

  private final Parts parts;
  private final Bodies bodies;
  private final SegmentLog log;
  private final ByteBuffer copying;
  private int kept;

  /** A mebibyte; null until something is given up, which a disk with enough room never does. */
  private int @Nullable [] marks;

  Eviction(Parts parts, Bodies bodies, SegmentLog log) {
    this.parts = parts;
    this.bodies = bodies;
    this.log = log;
    this.copying = ByteBuffer.allocateDirect(EntryRecord.MOST + parts.options.smallBytes());
  }

  /** Whether an entry of this key was given up not long ago. */
  boolean wasHere(KeyHash key) {
    return marks != null && marks[(int) key.high() & (MARKS - 1)] == mark(key);
  }

  private void remember(KeyHash key) {
    if (marks == null) {
      marks = new int[MARKS];
    }
    marks[(int) key.high() & (MARKS - 1)] = mark(key);
  }

  private static int mark(KeyHash key) {
    return (int) key.low() | 1;
  }

  /** Sets bytes aside, giving up entries other than {@code id} as need be; false if it cannot. */
  boolean room(long bytes, long id) {
    // One segment stays free, for what is written anew while another is given up.
    long spare = parts.spare() + parts.options.segmentBytes();
    if (bytes + spare > parts.options.capacity()) {
      return false;
    }
    kept = 0;
    while (!parts.space.take(bytes, spare)) {
      if (!step(id)) {
        return false;
      }
    }
    return true;
  }

  /** Keeps the number of entries within its bound. */
  void bound() {
    kept = 0;
    while (parts.index.count() > parts.options.mostEntries() && step(0)) {
      // Until there are few enough.
    }
  }

  /** Gives up, or keeps for another round, the oldest unit; false when there is none. */
  private boolean step(long id) {
    Index.Unit unit = parts.index.oldest(parts.options.capacity() / NEWCOMERS_PART);
    switch (unit) {
      case null -> {
        return false;
      }
      case Index.Unit.Whole(Segment segment) -> giveUp(segment);
      case Index.Unit.One(Row row) -> {
        boolean busy = row.id() == id || bodies.isOpen(row.id());
        boolean used = row.standing().uses() > 0;
        if ((busy || used) && kept < MOST_KEPT) {
          kept++;
          keep(row);
        } else if (row.id() == id) {
          return false;
        } else {
          giveUp(row);
        }
      }
    }
    return true;
  }

  private void keep(Row row) {
    boolean wasMain = row.standing().main();
    int uses = wasMain ? Math.max(0, row.standing().uses() - 1) : 0;
    parts.index.keep(row, uses, parts.clock.get());
  }

  private void giveUp(Row row) {
    Row removed = parts.index.remove(row.key(), row.id());
    if (removed != null) {
      parts.evictions.increment();
      if (!removed.standing().main()) {
        remember(removed.key());
      }
      bodies.removed(removed);
    }
  }

  private void giveUp(Segment segment) {
    long copied = 0;
    List<Row> entries = parts.index.entries(segment);
    for (Row row : entries) {
      boolean worth = row.standing().uses() > 0 && copied <= segment.charged() / 2;
      if (worth && copy(row, segment)) {
        copied += row.place().length();
      } else if (parts.index.remove(row.key(), row.id()) != null) {
        parts.evictions.increment();
        if (!segment.main()) {
          remember(row.key());
        }
        // Without their segment they are not found after a restart: that needs no frame each.
      }
    }
    parts.flush();
    log.drop(segment);
  }

  /** Writes an entry anew in the main queue; false when it cannot be. */
  private boolean copy(Row row, Segment from) {
    try {
      ByteBuffer record = copying.clear().limit(row.place().length());
      BodyReader.readFully(from.file().channel(), record, row.place().offset());
      record.flip();
      Place place = log.append(SegmentLog.Kind.MAIN, record, false);
      if (place == null) {
        return false;
      }
      int uses = from.main() ? row.standing().uses() - 1 : 0;
      Row.Standing standing = row.standing().at(true, uses, 0);
      Row moved = row.with(place).with(standing);
      if (parts.index.move(row, moved)) {
        parts.note(new Frame.Put(moved));
      }
      return true;
    } catch (EOFException cut) {
      parts.damaged.increment();
      return false;
    } catch (IOException e) {
      parts.writeFailed(e);
      return false;
    }
  }
}
