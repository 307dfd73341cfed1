package darban.store.disk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Makes the index from what an earlier process left, however that ended. What the index does not
 * know is deleted, what it knows and is not there is dropped; bytes are looked at when they are
 * first read.
 */
final class Recovery {
  private static final int ROWS_AT_A_TIME = 1024;

  /** A start of the process in the upper bits of an id, so that none is ever used twice. */
  private static final int START_SHIFT = 40;

  private final Parts parts;
  private final SegmentLog log;
  private final Purges purges;

  Recovery(Parts parts, SegmentLog log, Purges purges) {
    this.parts = parts;
    this.log = log;
    this.purges = purges;
  }

  /** Reads the index; whether it is worth writing it anew soon. */
  boolean run() throws IOException {
    parts.journal.adopt();
    parts.space.count((long) Folder.SHARDS * Space.BLOCK);
    int clock = 0;
    for (var each : parts.folder.segments().entrySet()) {
      adopt(each.getKey(), each.getValue());
      clock = Math.max(clock, each.getKey());
    }
    parts.clock.set(clock);
    Journal.Found found = parts.journal.replay(this::apply);
    if (!found.whole()) {
      parts.damaged.increment();
      forgetAll();
      parts.journal.invalidate();
    }
    parts.index.sortFiles();
    forEach(row -> parts.space.count(row.allocated(parts.options.sliceBytes())));
    int next = found.last() + 1;
    parts.ids.set((long) next << START_SHIFT);
    try {
      parts.journal.begin(next, purges.active());
    } catch (IOException full) {
      parts.journalFailed(full);
    }
    return parts.journal.isWorthASnapshot();
  }

  private void adopt(int number, Folder.SegmentFile file) {
    try {
      log.adopt(number, file.main(), file.size());
    } catch (IOException unreadable) {
      // Without it what was in it is not found.
      parts.health.readFailed(unreadable);
    }
  }

  private void apply(Frame frame) {
    switch (frame) {
      case Frame.Put(Row row) -> put(row);
      case Frame.Drop drop -> parts.index.remove(drop.key(), drop.id());
      case Frame.Slice slice -> {
        Row row = parts.index.row(slice.key(), slice.id());
        if (row != null && row.slices() != null) {
          row.slices().restore(slice.slice(), slice.kept());
        }
      }
      case Frame.Purged(Purge purge) -> purges.add(purge);
      case Frame.Done(Purge purge) -> purges.done(purge);
      case Frame.Head head -> {}
      case Frame.End end -> {}
    }
  }

  private void put(Row row) {
    parts.index.remove(row.key(), row.id());
    Place place = row.place();
    // Also of what is gone: no number of a segment is used while the journal names an older one.
    long order = Math.max(place.segment(), row.standing().order());
    parts.clock.set((int) Math.max(parts.clock.get(), order));
    if (place.ownFile() || parts.index.holds(place)) {
      parts.index.add(row);
    }
  }

  private void forgetAll() {
    forEach(row -> parts.index.remove(row.key(), row.id()));
    purges.active().forEach(purges::done);
  }

  private void forEach(java.util.function.Consumer<Row> task) {
    int end = parts.index.end();
    for (int from = 0; from < end; from += ROWS_AT_A_TIME) {
      parts.index.some(from, ROWS_AT_A_TIME).forEach(task);
    }
  }

  // Files

  /**
   * Deletes files that the index does not know and drops entries without a file. To be done before
   * anything is written, since stray files take space that is not counted.
   */
  void tidy(Bodies bodies) {
    long[] known = knownFiles();
    BitSet there = new BitSet(known.length);
    for (int shard = 0; shard < Folder.SHARDS; shard++) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(parts.folder.shard(shard))) {
        for (Path each : files) {
          Long id = Folder.id(each);
          int at = id == null ? -1 : Arrays.binarySearch(known, id);
          if (at >= 0) {
            there.set(at);
          } else {
            Folder.delete(each);
          }
        }
      } catch (IOException | java.nio.file.DirectoryIteratorException e) {
        parts.health.readFailed(e instanceof IOException io ? io : new IOException(e));
        return;
      }
    }
    if (there.cardinality() < known.length) {
      dropMissing(known, there, bodies);
    }
  }

  private long[] knownFiles() {
    List<long[]> chunks = new ArrayList<>();
    int end = parts.index.end();
    for (int from = 0; from < end; from += ROWS_AT_A_TIME) {
      chunks.add(
          parts.index.some(from, ROWS_AT_A_TIME).stream()
              .filter(row -> row.place().ownFile())
              .mapToLong(Row::id)
              .toArray());
    }
    return chunks.stream().flatMapToLong(Arrays::stream).sorted().toArray();
  }

  private void dropMissing(long[] known, BitSet there, Bodies bodies) {
    forEach(row -> {
      int at = row.place().ownFile() ? Arrays.binarySearch(known, row.id()) : -1;
      if (at >= 0 && !there.get(at) && bodies.remove(row.key(), row.id())) {
        parts.damaged.increment();
      }
    });
  }
}
