package darban.store.disk;

import darban.store.KeyHash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All entries, and the order in which they are given up: S3-FIFO over two queues, newcomers and the
 * main one, in which segments stand for all the entries in them. Any thread; its lock is held for a
 * microsecond at a time.
 */
final class Index {
  /** What can be given up: a segment or the entry of a file. */
  sealed interface Unit {
    record Whole(Segment segment) implements Unit {}

    record One(Row row) implements Unit {}
  }

  /** An entry to read; the segment's file is held for whoever reads. */
  record Located(Row row, @Nullable Segment segment) {}

  private static final class Queue {
    final Deque<Segment> segments = new ArrayDeque<>();
    final Rows.Chain files = new Rows.Chain();
    long bytes;
  }

  private final int sliceBytes;
  private final Rows rows = new Rows();
  private final Map<Integer, Segment> segments = new HashMap<>();
  private long sliceCount;
  private final Queue newcomers = new Queue();
  private final Queue main = new Queue();

  Index(int sliceBytes) {
    this.sliceBytes = sliceBytes;
  }

  int sliceBytes() {
    return sliceBytes;
  }

  synchronized int count() {
    return rows.count();
  }

  /** Bytes that all entries take in a snapshot, at most. */
  synchronized long frameBytes() {
    return rows.count() * (long) Frame.ROW + 8L * rows.tags().count() + 16 * sliceCount;
  }

  // Looking

  /** The entries of a key that {@code counts}, the newest first. */
  synchronized List<Row> find(KeyHash key, Predicate<Row> counts) {
    List<Row> found = List.of();
    for (int row = rows.first(key); row != Rows.NONE; row = rows.next(row, key)) {
      Row read = rows.read(row);
      if (counts.test(read)) {
        found = found.isEmpty() ? new ArrayList<>(2) : found;
        found.add(read);
      }
    }
    if (found.size() > 1) {
      found.sort(Comparator.comparingLong(Row::id).reversed());
    }
    return found;
  }

  /** The entry, or null when it is gone. */
  synchronized @Nullable Row row(KeyHash key, long id) {
    int row = rows.row(key, id);
    return row == Rows.NONE ? null : rows.read(row);
  }

  /** The entry and where to read it, or null when it is gone. */
  synchronized @Nullable Located locate(KeyHash key, long id) {
    Row row = row(key, id);
    if (row == null || row.place().ownFile()) {
      return row == null ? null : new Located(row, null);
    }
    Segment segment = segments.get(row.place().segment());
    if (segment == null) {
      return null;
    }
    segment.file().retain();
    return new Located(row, segment);
  }

  /** Up to {@code most} entries, from row number {@code from} on, for whoever looks at them all. */
  synchronized List<Row> some(int from, int most) {
    List<Row> some = new ArrayList<>(most);
    for (int row = from; row < Math.min(rows.end(), from + most); row++) {
      if (rows.isUsed(row)) {
        some.add(rows.read(row));
      }
    }
    return some;
  }

  /** Above the number of every row. */
  synchronized int end() {
    return rows.end();
  }

  /**
   * Entries that carry a tag by the cells {@code [from, from + most)}; null when there are none.
   */
  synchronized @Nullable List<Row> tagged(long tag, int from, int most) {
    if (from >= rows.tags().end()) {
      return null;
    }
    List<Row> found = new ArrayList<>();
    for (int cell = from; cell < Math.min(rows.tags().end(), from + most); cell++) {
      int row = rows.tags().rowOf(cell, tag);
      if (row != Rows.NONE) {
        found.add(rows.read(row));
      }
    }
    return found;
  }

  // Changing

  /** Adds an entry; those that it replaces, which are out of the index. */
  synchronized List<Row> add(Row added) {
    List<Row> replaced = new ArrayList<>(1);
    for (Row old : find(added.key(), row -> row.variant() == added.variant())) {
      remove(old.key(), old.id());
      replaced.add(old);
    }
    link(rows.add(added), added);
    return replaced;
  }

  /** Takes what {@code now} says of an entry, if it still lies where {@code before} says. */
  synchronized boolean update(Row before, Row now) {
    return replace(before, now, false);
  }

  /** The same entry at another place, if it still lies where {@code before} says. */
  synchronized boolean move(Row before, Row now) {
    return replace(before, now, true);
  }

  private boolean replace(Row before, Row now, boolean keepsSoft) {
    int row = rows.row(before.key(), before.id());
    if (row == Rows.NONE || !rows.place(row).equals(before.place())) {
      return false;
    }
    // What was marked meanwhile stays so.
    boolean soft = rows.standing(row).soft() && (keepsSoft || !before.standing().soft());
    unlink(row, rows.read(row));
    rows.replace(row, now.with(soft(now.standing(), soft)));
    link(row, rows.read(row));
    return true;
  }

  private static Row.Standing soft(Row.Standing standing, boolean soft) {
    return new Row.Standing(soft, standing.main(), standing.uses(), standing.order());
  }

  /** Takes an entry out; null when it is not there. */
  synchronized @Nullable Row remove(KeyHash key, long id) {
    int row = rows.row(key, id);
    if (row == Rows.NONE) {
      return null;
    }
    Row old = rows.read(row);
    unlink(row, old);
    rows.remove(row);
    return old;
  }

  /** Counts a use. */
  synchronized void use(KeyHash key, long id) {
    int row = rows.row(key, id);
    if (row != Rows.NONE) {
      Row.Standing s = rows.standing(row);
      rows.standing(row, s.at(s.main(), Math.min(3, s.uses() + 1), s.order()));
    }
  }

  /** Marks an entry as purged softly; the entry, null when it is gone. */
  synchronized @Nullable Row soften(KeyHash key, long id) {
    int row = rows.row(key, id);
    if (row == Rows.NONE) {
      return null;
    }
    rows.standing(row, soft(rows.standing(row), true));
    return rows.read(row);
  }

  /** Counts a slice as touched; what is kept of it. */
  synchronized long touch(KeyHash key, long id, Slices slices, int slice, long bytes) {
    int row = rows.row(key, id);
    if (row != Rows.NONE) {
      queue(rows.standing(row).main()).bytes += bytes;
    }
    return slices.touch(slice);
  }

  private void link(int row, Row r) {
    if (r.place().ownFile()) {
      Queue queue = queue(r.standing().main());
      queue.bytes += r.allocated(sliceBytes);
      sliceCount += Slices.count(r.length(), sliceBytes);
      rows.append(queue.files, row);
    } else {
      rows.append(segment(r).entries(), row);
    }
  }

  private void unlink(int row, Row r) {
    if (r.place().ownFile()) {
      Queue queue = queue(r.standing().main());
      queue.bytes -= r.allocated(sliceBytes);
      sliceCount -= Slices.count(r.length(), sliceBytes);
      rows.unlink(queue.files, row);
    } else {
      rows.unlink(segment(r).entries(), row);
    }
  }

  private Segment segment(Row r) {
    Segment segment = segments.get(r.place().segment());
    if (segment == null) {
      throw new IllegalStateException("no segment " + r.place().segment());
    }
    return segment;
  }

  // Segments

  /** Adds a segment, younger than all others of its queue. */
  synchronized void add(Segment segment) {
    segments.put(segment.number(), segment);
    Queue queue = queue(segment.main());
    queue.segments.addLast(segment);
    queue.bytes += segment.charged();
  }

  /** Whether there is a segment that is long enough for {@code place}. */
  synchronized boolean holds(Place place) {
    Segment segment = segments.get(place.segment());
    return segment != null && (long) place.offset() + place.length() <= segment.written();
  }

  /** Takes out a segment, without regard to its entries. */
  synchronized void remove(Segment segment) {
    segments.remove(segment.number());
    Queue queue = queue(segment.main());
    queue.segments.remove(segment);
    queue.bytes -= segment.charged();
  }

  /** No more will be written to it; the bytes that had been set aside and are not needed. */
  synchronized long close(Segment segment) {
    segment.close();
    long needed = Space.blocks(segment.written());
    long over = segment.charged() - needed;
    queue(segment.main()).bytes -= over;
    segment.charged(needed);
    return over;
  }

  /** Closed segments that nothing is in any more. */
  synchronized List<Segment> empty() {
    return segments.values().stream()
        .filter(each -> each.closed() && each.entries().count == 0)
        .toList();
  }

  synchronized List<Segment> segments() {
    return List.copyOf(segments.values());
  }

  /** The entries of a segment. */
  synchronized List<Row> entries(Segment segment) {
    List<Row> all = new ArrayList<>(segment.entries().count);
    for (int row = segment.entries().first; row != Rows.NONE; row = rows.after(row)) {
      all.add(rows.read(row));
    }
    return all;
  }

  // Eviction

  private Queue queue(boolean inMain) {
    return inMain ? main : newcomers;
  }

  /** The oldest unit of the queue that is to give something up; null when there is none. */
  synchronized @Nullable Unit oldest(long newcomersMost) {
    Unit first = oldest(newcomers.bytes > newcomersMost ? newcomers : main);
    return first != null ? first : oldest(newcomers.bytes > newcomersMost ? main : newcomers);
  }

  private @Nullable Unit oldest(Queue queue) {
    Segment segment = queue.segments.peekFirst();
    boolean whole = segment != null && segment.closed();
    int file = queue.files.first;
    if (file == Rows.NONE) {
      return whole ? new Unit.Whole(segment) : null;
    }
    Row row = rows.read(file);
    // Both count from the same clock: numbers of segments and orders of files.
    boolean older = !whole || row.standing().order() <= segment.number();
    return older ? new Unit.One(row) : new Unit.Whole(segment);
  }

  /** Moves a file to the young end of the main queue. */
  synchronized void keep(Row kept, int uses, long order) {
    int row = rows.row(kept.key(), kept.id());
    if (row != Rows.NONE) {
      unlink(row, rows.read(row));
      rows.standing(row, rows.standing(row).at(true, uses, order));
      link(row, rows.read(row));
    }
  }

  /** Puts the files in order after a start, when they were added in any. */
  synchronized void sortFiles() {
    for (Queue queue : List.of(newcomers, main)) {
      List<long[]> order = new ArrayList<>();
      for (int row = queue.files.first; row != Rows.NONE; row = rows.after(row)) {
        order.add(new long[] {rows.standing(row).order(), rows.id(row), row});
      }
      order.sort(
          Comparator.<long[]>comparingLong(each -> each[0]).thenComparingLong(each -> each[1]));
      for (long[] each : order) {
        int row = (int) each[2];
        rows.unlink(queue.files, row);
        rows.append(queue.files, row);
      }
    }
  }
}
