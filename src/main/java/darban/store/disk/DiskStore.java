package darban.store.disk;

import darban.store.Disk;
import darban.store.KeyHash;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A disk tier in a directory: see the package's page. Any thread; closed by its maker. */
public final class DiskStore implements Disk {
  /** The directory belongs to a store that is open, here or in another process. */
  public static final class InUse extends IOException {
    private static final long serialVersionUID = 1;

    InUse(Path directory) {
      super(directory + " is in use by another process");
    }
  }

  private static final int MOST_LOADS_WAITING = 16_384;
  private static final int TAGS_AT_A_TIME = 65_536;

  private final Parts parts;
  private final Bodies bodies;
  private final SegmentLog log;
  private final Loader loader;
  private final Purges purges;
  private final Care care;
  private final Storing storing;
  private final AtomicInteger loading = new AtomicInteger();

  private DiskStore(Parts parts) {
    this.parts = parts;
    this.bodies = new Bodies(parts);
    this.log = new SegmentLog(parts);
    Eviction eviction = new Eviction(parts, bodies, log);
    this.loader = new Loader(parts, bodies);
    this.purges = new Purges();
    this.care = new Care(parts, bodies, log, loader, purges);
    this.storing = new Storing(parts, bodies, log, eviction, loader);
    parts.onRoom(eviction::room);
    parts.onRetry(care::snapshotSoon);
  }

  /**
   * Opens a store with what is in its directory already. It can be used when the future completes,
   * which for a million entries takes a second or two; it fails when the directory cannot be read
   * or written, or belongs to another process.
   */
  public static Future<DiskStore> open(DiskOptions options) {
    return open(options, Crew.threads(), FileChannel::open);
  }

  static Future<DiskStore> open(DiskOptions options, Crew crew, Opening opening) {
    Promise<DiskStore> opened = Promise.promise();
    crew.aside()
        .execute(() -> {
          try {
            opened.complete(openNow(options, crew, opening));
          } catch (IOException | RuntimeException e) {
            crew.dismiss();
            opened.fail(e);
          }
        });
    return opened.future();
  }

  private static DiskStore openNow(DiskOptions options, Crew crew, Opening opening)
      throws IOException {
    Folder folder = Folder.open(options.directory(), opening);
    DiskStore store = new DiskStore(new Parts(options, folder, crew));
    try {
      store.start();
      return store;
    } catch (IOException | RuntimeException e) {
      store.log.close();
      folder.close();
      throw e;
    }
  }

  private void start() throws IOException {
    Recovery recovery = new Recovery(parts, log, purges);
    boolean snapshot = recovery.run();
    parts.writer.execute(0, () -> recovery.tidy(bodies));
    parts.writer.execute(0, care::fit);
    if (snapshot) {
      care.snapshotSoon();
    }
    care.start();
  }

  // Finding

  @Override
  public List<Found> find(KeyHash key) {
    List<Row> rows = parts.index.find(key, row -> !purges.meansAll(row.id(), false));
    if (rows.isEmpty()) {
      return List.of();
    }
    List<Found> found = new ArrayList<>(rows.size());
    rows.forEach(row -> found.add(found(row, purges.meansAll(row.id(), true))));
    return found;
  }

  private Found found(Row row, boolean softly) {
    Row.Standing s = row.standing();
    Row.Standing soft = new Row.Standing(s.soft() || softly, s.main(), s.uses(), s.order());
    return row.with(soft).found(parts.options.sliceBytes());
  }

  @Override
  public Future<@Nullable Entry> load(Found found, byte[] key, int memory) {
    Promise<@Nullable Entry> loaded = Promise.promise();
    boolean busy = loading.incrementAndGet() > MOST_LOADS_WAITING;
    if (busy || parts.health.state() == State.CLOSED) {
      loading.decrementAndGet();
      loaded.complete(null);
    } else {
      parts
          .crew
          .readers()
          .execute(() -> {
            loading.decrementAndGet();
            loaded.complete(loadNow(found, key, memory));
          });
    }
    return loaded.future();
  }

  private @Nullable Entry loadNow(Found found, byte[] key, int memory) {
    Loader.Read read = loader.read(found.key(), found.id());
    EntryRecord record = read == null ? null : read.record();
    if (read == null || record == null || read.body() == null) {
      return null;
    }
    Stored body = read.body(memory);
    boolean purged = purges.means(found.id(), key, false);
    Row now = parts.index.row(found.key(), found.id());
    if (purged || now == null || !Arrays.equals(record.key(), key)) {
      body.discard();
      return null;
    }
    parts.index.use(found.key(), found.id());
    parts.hits.increment();
    return new Entry(
        found(now, purges.means(found.id(), key, true)),
        record.variant(),
        record.metadata(),
        record.tags(),
        body);
  }

  @Override
  public void touch(Found found) {
    parts.index.use(found.key(), found.id());
  }

  // Storing

  @Override
  public @Nullable Draft create(Description description, long length, BooleanSupplier wanted) {
    return storing.create(description, length, wanted);
  }

  @Override
  public Future<@Nullable Found> put(
      Description description, ByteBuf body, BooleanSupplier wanted) {
    return storing.put(description, body, wanted);
  }

  @Override
  public Future<@Nullable Found> update(
      Found found, Description description, BooleanSupplier wanted) {
    return storing.update(found, description, wanted);
  }

  // Removing

  @Override
  public void remove(Found found) {
    bodies.remove(found.key(), found.id());
  }

  @Override
  public Future<Long> purge(Selection selection, boolean soft) {
    storing.purged(selection);
    Promise<Long> done = Promise.promise();
    switch (selection) {
      case Selection.Key(byte[] key) -> {
        long count =
            parts.index.find(KeyHash.of(key), row -> true).stream()
                .filter(row -> care.carryOut(row, soft))
                .count();
        completeForced(done, count);
      }
      case Selection.Tag(String tag) ->
          parts.crew.readers().execute(() -> completeForced(done, purgeTag(tag, soft)));
      case Selection.Prefix(byte[] prefix) when prefix.length > 0 -> {
        purgeLater(new Purge(prefix, parts.ids.get(), soft));
        completeForced(done, 0);
      }
      case Selection.Prefix all -> purgeAll(soft, done);
      case Selection.All all -> purgeAll(soft, done);
    }
    return done.future();
  }

  private void purgeAll(boolean soft, Promise<Long> done) {
    long count = parts.index.count();
    purgeLater(new Purge(new byte[0], parts.ids.get(), soft));
    completeForced(done, count);
  }

  private void purgeLater(Purge asked) {
    Purge purge = purges.add(asked);
    parts.writer.execute(0, () -> parts.note(new Frame.Purged(purge)));
  }

  private long purgeTag(String tag, boolean soft) {
    long hash = EntryRecord.tagHash(tag);
    long count = 0;
    int from = 0;
    List<Row> some = parts.index.tagged(hash, from, TAGS_AT_A_TIME);
    while (some != null) {
      count += some.stream().filter(row -> care.carryOut(row, soft)).count();
      from += TAGS_AT_A_TIME;
      some = parts.index.tagged(hash, from, TAGS_AT_A_TIME);
    }
    return count;
  }

  private void completeForced(Promise<Long> done, long count) {
    parts.writer.execute(
        0,
        () ->
            parts.writer.afterForce(kept -> {
              if (kept) {
                done.complete(count);
              } else {
                done.fail(new IOException("purged, but the disk cannot keep that: not for good"));
              }
            }));
  }

  // The rest

  @Override
  public Figures figures() {
    return new Figures(
        parts.health.state(),
        parts.options.capacity(),
        parts.space.used(),
        parts.index.count(),
        parts.writer.pending(),
        parts.hits.sum(),
        parts.stored.sum(),
        parts.refused.sum(),
        parts.evictions.sum(),
        parts.damaged.sum(),
        parts.health.errors(),
        parts.scrubbed.sum());
  }

  @Override
  public Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    if (!parts.health.close()) {
      return Future.succeededFuture();
    }
    parts
        .crew
        .aside()
        .execute(() -> {
          try {
            closeNow();
            closed.complete();
          } catch (IOException | RuntimeException e) {
            closed.fail(e);
          } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            closed.fail(stop);
          }
        });
    return closed.future();
  }

  private void closeNow() throws IOException, InterruptedException {
    Crew.end(parts.crew.care());
    parts.writer.execute(
        0,
        () -> {
          try {
            parts.journal.close();
          } catch (IOException e) {
            parts.journalFailed(e);
          }
        });
    Crew.end(parts.crew.writer());
    Crew.end(parts.crew.readers());
    log.close();
    parts.folder.close();
  }
}
