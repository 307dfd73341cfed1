package darban.store.disk;

import darban.store.Disk;
import darban.store.KeyHash;
import darban.store.SliceFile;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Brings entries onto the disk and into the index. Any thread; the work is the writer's. */
final class Storing {
  /** Part of the capacity that one body may take. */
  private static final int LARGEST_PART = 2;

  private static final long MOST_EXPIRY = 0xffff_ffffL;

  private final Parts parts;
  private final Bodies bodies;
  private final SegmentLog log;
  private final Eviction eviction;
  private final Loader loader;
  private final Set<Ticket> underWay = ConcurrentHashMap.newKeySet();
  private final ByteBuffer record;

  Storing(Parts parts, Bodies bodies, SegmentLog log, Eviction eviction, Loader loader) {
    this.parts = parts;
    this.bodies = bodies;
    this.log = log;
    this.eviction = eviction;
    this.loader = loader;
    this.record = ByteBuffer.allocateDirect(EntryRecord.MOST + parts.options.smallBytes());
  }

  /** An entry that is not in the index yet; a purge that means it must reach it all the same. */
  private static final class Ticket {
    final Disk.Description description;
    final BooleanSupplier wanted;
    final KeyHash key;
    final long id;
    volatile boolean purged;

    Ticket(Disk.Description description, BooleanSupplier wanted, long id) {
      this.description = description;
      this.wanted = wanted;
      this.key = KeyHash.of(description.key());
      this.id = id;
    }

    boolean isWanted() {
      return !purged && wanted.getAsBoolean();
    }

    EntryRecord.Owner owner() {
      return new EntryRecord.Owner(key, id);
    }

    boolean isMeant(Disk.Selection selection) {
      return switch (selection) {
        case Disk.Selection.Key(byte[] text) -> KeyHash.of(text).equals(key);
        case Disk.Selection.Tag(String tag) -> description.tags().contains(tag);
        case Disk.Selection.Prefix(byte[] prefix) ->
            new Purge(prefix, Long.MAX_VALUE, false).means(id, description.key());
        case Disk.Selection.All all -> true;
      };
    }
  }

  /** What is not stored yet and meant by a purge will not be. */
  void purged(Disk.Selection selection) {
    for (Ticket each : underWay) {
      if (each.isMeant(selection)) {
        each.purged = true;
      }
    }
  }

  private @Nullable Ticket ticket(
      Disk.Description description, long length, BooleanSupplier wanted) {
    boolean fits =
        length <= parts.options.capacity() / LARGEST_PART
            && EntryRecord.length(description) <= EntryRecord.MOST;
    boolean room = parts.writer.pending() <= parts.options.pendingBytes();
    if (!fits || !room || !parts.health.works()) {
      parts.refused.increment();
      return null;
    }
    Ticket ticket = new Ticket(description, wanted, parts.ids.getAndIncrement());
    underWay.add(ticket);
    return ticket;
  }

  // Small ones

  Future<Disk.@Nullable Found> put(
      Disk.Description description, ByteBuf body, BooleanSupplier wanted) {
    Promise<Disk.@Nullable Found> done = Promise.promise();
    if (body.readableBytes() > parts.options.smallBytes()) {
      putFile(create(description, body.readableBytes(), wanted), body, done);
      return done.future();
    }
    Ticket ticket = ticket(description, body.readableBytes(), wanted);
    if (ticket == null) {
      body.release();
      return Future.succeededFuture();
    }
    long bytes = EntryRecord.length(description) + body.readableBytes();
    parts.writer.execute(
        bytes,
        () -> {
          Row stored = null;
          try {
            stored = putNow(ticket, body);
          } finally {
            body.release();
            finish(ticket, stored, done);
          }
        });
    return done.future();
  }

  private @Nullable Row putNow(Ticket ticket, ByteBuf body) {
    if (!ticket.isWanted() || !parts.health.works()) {
      return null;
    }
    EntryRecord.write(record.clear(), ticket.owner(), ticket.description, body);
    record.flip();
    boolean main = eviction.wasHere(ticket.key);
    try {
      Place place = log.append(SegmentLog.Kind.of(main), record, true);
      Row row = place == null ? null : row(ticket, place, body.readableBytes(), main, null);
      return row != null && add(ticket, row) ? row : null;
    } catch (IOException e) {
      parts.writeFailed(e);
      return null;
    }
  }

  private Row row(Ticket t, Place place, long length, boolean main, @Nullable Slices slices) {
    return new Row(
        t.key,
        t.id,
        KeyHash.shortOf(t.description.variant()),
        place,
        length,
        hints(t.description),
        new Row.Standing(false, main, 0, parts.clock.get()),
        EntryRecord.tagHashes(t.description.tags()),
        slices);
  }

  private static Disk.Hints hints(Disk.Description description) {
    Disk.Hints hints = description.hints();
    return new Disk.Hints(Math.clamp(hints.expiry(), 0, MOST_EXPIRY), hints.validator());
  }

  /** Puts an entry into the index; false if it was purged meanwhile. */
  private boolean add(Ticket ticket, Row row) {
    List<Row> replaced = parts.index.add(row);
    parts.note(new Frame.Put(row));
    replaced.forEach(bodies::removed);
    if (ticket.purged) {
      bodies.remove(row.key(), row.id());
      return false;
    }
    eviction.bound();
    return true;
  }

  /** Tells when the journal has it. */
  private void finish(Ticket ticket, @Nullable Row stored, Promise<Disk.@Nullable Found> done) {
    underWay.remove(ticket);
    if (stored == null) {
      parts.refused.increment();
      done.complete(null);
      return;
    }
    parts.stored.increment();
    tellWhenKept(stored, done);
  }

  private void tellWhenKept(Row stored, Promise<Disk.@Nullable Found> done) {
    parts.writer.afterFlush(() -> {
      boolean kept = parts.health.works();
      done.complete(kept ? stored.found(parts.options.sliceBytes()) : null);
    });
  }

  // Large ones

  private static void putFile(
      Disk.@Nullable Draft draft, ByteBuf body, Promise<Disk.@Nullable Found> done) {
    if (draft == null) {
      body.release();
      done.complete(null);
      return;
    }
    SliceFile file = draft.file();
    int slices = Slices.count(body.readableBytes(), file.sliceBytes());
    file.write(
        0,
        List.of(body),
        false,
        failed -> {
          if (failed == null) {
            for (int i = 0; i < slices; i++) {
              file.seal(i);
            }
            draft.commit().onComplete(done);
          } else {
            done.complete(null);
          }
          file.release();
        });
  }

  Disk.@Nullable Draft create(Disk.Description description, long length, BooleanSupplier wanted) {
    Ticket ticket = ticket(description, length, wanted);
    if (ticket == null) {
      return null;
    }
    return new BodyDraft(
        ticket, bodies.create(ticket.owner(), length, () -> underWay.remove(ticket)));
  }

  private final class BodyDraft implements Disk.Draft {
    private final Ticket ticket;
    private final BodyFile file;
    private final AtomicBoolean asked = new AtomicBoolean();

    BodyDraft(Ticket ticket, BodyFile file) {
      this.ticket = ticket;
      this.file = file;
    }

    @Override
    public SliceFile file() {
      return file;
    }

    @Override
    public Future<Disk.@Nullable Found> commit() {
      if (!asked.compareAndSet(false, true) || file.length() < 0 || !file.tryRetain()) {
        return Future.succeededFuture();
      }
      Promise<Disk.@Nullable Found> done = Promise.promise();
      parts.writer.execute(
          0,
          () -> {
            Row stored = null;
            try {
              stored = commitNow(ticket, file);
            } finally {
              finish(ticket, stored, done);
              file.release();
            }
          });
      return done.future();
    }
  }

  private @Nullable Row commitNow(Ticket ticket, BodyFile file) {
    if (!ticket.isWanted() || !parts.health.works()) {
      return null;
    }
    EntryRecord.write(record.clear(), ticket.owner(), ticket.description, null);
    record.flip();
    int length = record.remaining();
    try {
      file.create();
      int allocated = (int) file.writeRecord(0, record);
      Place place = new Place(Place.OWN_FILE, 0, length, allocated);
      boolean main = eviction.wasHere(ticket.key);
      file.commit();
      Row row = row(ticket, place, file.length(), main, file.slices());
      return add(ticket, row) ? row : null;
    } catch (NoRoomException full) {
      return null;
    } catch (IOException e) {
      parts.writeFailed(e);
      return null;
    }
  }

  // Updates

  Future<Disk.@Nullable Found> update(
      Disk.Found found, Disk.Description description, BooleanSupplier wanted) {
    if (EntryRecord.length(description) > EntryRecord.MOST || !parts.health.works()) {
      return Future.succeededFuture();
    }
    Promise<Disk.@Nullable Found> done = Promise.promise();
    parts.writer.execute(
        EntryRecord.length(description),
        () -> {
          Row changed = null;
          try {
            Row before = parts.index.row(found.key(), found.id());
            changed =
                before == null || !wanted.getAsBoolean() ? null : updateNow(before, description);
          } catch (NoRoomException full) {
            // As it was.
          } catch (IOException e) {
            parts.writeFailed(e);
          } finally {
            if (changed == null) {
              done.complete(null);
            } else {
              tellWhenKept(changed, done);
            }
          }
        });
    return done.future();
  }

  private @Nullable Row updateNow(Row before, Disk.Description description) throws IOException {
    EntryRecord.Owner owner = new EntryRecord.Owner(before.key(), before.id());
    Place place =
        before.place().ownFile()
            ? rewritten(before, owner, description)
            : appended(before, owner, description);
    if (place == null) {
      return null;
    }
    Row now =
        new Row(
            before.key(),
            before.id(),
            before.variant(),
            place,
            before.length(),
            hints(description),
            before.standing(),
            EntryRecord.tagHashes(description.tags()),
            before.slices());
    if (!parts.index.update(before, now)) {
      return null;
    }
    Row changed = parts.index.row(before.key(), before.id());
    if (changed != null) {
      parts.note(new Frame.Put(changed));
    }
    return changed;
  }

  private Place rewritten(Row before, EntryRecord.Owner owner, Disk.Description description)
      throws IOException {
    BodyFile file = bodies.open(before);
    try {
      // The journal must not name the place that is overwritten now.
      parts.flush();
      EntryRecord.write(record.clear(), owner, description, null);
      int length = record.flip().remaining();
      int other = 1 - before.place().offset();
      int allocated = (int) file.writeRecord(other, record);
      return new Place(Place.OWN_FILE, other, length, allocated);
    } finally {
      file.release();
    }
  }

  private @Nullable Place appended(
      Row before, EntryRecord.Owner owner, Disk.Description description) throws IOException {
    // Verified, so that no damage gets a new and right checksum.
    Loader.Read read = loader.read(before.key(), before.id());
    if (read == null || !(read.body() instanceof Disk.Stored.Bytes(ByteBuf body))) {
      return null;
    }
    try {
      EntryRecord.write(record.clear(), owner, description, body);
      record.flip();
      return log.append(SegmentLog.Kind.of(before.standing().main()), record, true);
    } finally {
      body.release();
    }
  }
}
