package darban.store.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the index, so that it can be had again: a snapshot with all entries and the
 * journals since. Journal N is begun before snapshot N is made, and has all that happens meanwhile;
 * applying something twice does no harm. The writer's thread, apart from what says otherwise.
 */
final class Journal {
  private static final String JOURNAL = "journal-";
  private static final String SNAPSHOT = "snapshot-";
  private static final long LEAST = 4L << 20;

  private final Path directory;
  private final int sliceBytes;
  private final Space space;
  private volatile @Nullable FrameWriter writer;
  private int number;
  private volatile long snapshotBytes;

  Journal(Path directory, int sliceBytes, Space space) {
    this.directory = directory;
    this.sliceBytes = sliceBytes;
    this.space = space;
  }

  /** What was found at a start. */
  record Found(int last, boolean whole) {}

  /**
   * Tells all frames that are there, oldest first.
   *
   * @return the number of the newest file, and whether nothing was damaged; after damage nothing
   *     that was told may be used, since what removed an entry may be among what is lost
   */
  Found replay(Consumer<Frame> to) throws IOException {
    NavigableMap<Integer, Path> journals = files(JOURNAL);
    NavigableMap<Integer, Path> snapshots = files(SNAPSHOT);
    int last = journals.isEmpty() ? 0 : journals.lastKey();
    boolean whole = true;
    int from = 0;
    if (!snapshots.isEmpty()) {
      var newest = snapshots.lastEntry();
      from = newest.getKey();
      last = Math.max(last, from);
      whole = readSnapshot(newest.getValue(), from, to);
    }
    for (var each : journals.tailMap(from, true).entrySet()) {
      whole = whole && read(each.getValue(), each.getKey(), to);
    }
    // The journal of a snapshot is made before it: if it is not there, it was lost.
    whole = whole && (from == 0 || journals.containsKey(from));
    return new Found(last, whole);
  }

  private NavigableMap<Integer, Path> files(String kind) throws IOException {
    NavigableMap<Integer, Path> found = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, kind + "*")) {
      for (Path each : files) {
        String end = each.getFileName().toString().substring(kind.length());
        if (end.matches("\\d{10}")) {
          found.put(Integer.parseInt(end), each);
        }
      }
    }
    return found;
  }

  private boolean readSnapshot(Path file, int of, Consumer<Frame> to) throws IOException {
    long entries = 0;
    try (FrameReader reader = new FrameReader(file, of)) {
      snapshotBytes = reader.size();
      boolean known = isOurs(reader.next(), of);
      Frame frame = known ? reader.next() : null;
      while (frame != null && !(frame instanceof Frame.End)) {
        entries += frame instanceof Frame.Put ? 1 : 0;
        to.accept(frame);
        frame = reader.next();
      }
      return frame instanceof Frame.End(long count) && count == entries;
    }
  }

  private boolean read(Path file, int of, Consumer<Frame> to) throws IOException {
    try (FrameReader reader = new FrameReader(file, of)) {
      Frame first = reader.next();
      if (first == null) {
        return !reader.damaged();
      }
      if (!isOurs(first, of)) {
        return false;
      }
      for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
        to.accept(frame);
      }
      return !reader.damaged();
    }
  }

  private boolean isOurs(@Nullable Frame first, int of) {
    return new Frame.Head(Frame.VERSION, sliceBytes, of).equals(first);
  }

  private Path file(String kind, int of) {
    return directory.resolve(kind + String.format(Locale.ROOT, "%010d", of));
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Begins the journal {@code next}, greater than all before, with what holds already. */
  void begin(int next, List<Purge> purges) throws IOException {
    FrameWriter old = writer;
    FrameWriter fresh = new FrameWriter(create(file(JOURNAL, next)), next, sliceBytes, space);
    writer = fresh;
    number = next;
    for (Purge each : purges) {
      fresh.write(new Frame.Purged(each));
    }
    if (old != null) {
      old.flush();
      old.close();
    }
  }

  int number() {
    return number;
  }

  /** Appends a frame; nothing while no journal is begun. */
  void append(Frame frame) throws IOException {
    if (writer != null) {
      writer.write(frame);
    }
  }

  /** Hands all to the system. */
  void flush() throws IOException {
    if (writer != null && !writer.isFlushed()) {
      writer.flush();
    }
  }

  /** Makes all outlive a loss of power. */
  void force() throws IOException {
    if (writer != null) {
      writer.flush();
      writer.force();
    }
  }

  /** Whether it has grown so much that a snapshot would be shorter. */
  boolean isLong() {
    return writer != null && writer.written() > Math.max(least(), snapshotBytes);
  }

  /** Whether all files together are so much longer than a snapshot. */
  boolean isWorthASnapshot(long allBytes) {
    return allBytes - snapshotBytes > Math.max(least(), snapshotBytes);
  }

  private long least() {
    return Math.min(LEAST, space.capacity() / 32);
  }

  /**
   * Makes a snapshot as of the journal {@code of} or later, then deletes what it makes needless.
   * Any one thread.
   */
  void snapshot(int of, Iterable<Frame> frames) throws IOException {
    Path draft = directory.resolve("draft");
    Folder.delete(draft);
    long entries = 0;
    try (FrameWriter to = new FrameWriter(create(draft), of, sliceBytes, space)) {
      for (Frame each : frames) {
        to.write(each);
        entries += each instanceof Frame.Put ? 1 : 0;
      }
      to.write(new Frame.End(entries));
      to.flush();
      to.force();
      snapshotBytes = to.written();
    }
    Files.move(draft, file(SNAPSHOT, of), StandardCopyOption.ATOMIC_MOVE);
    Folder.force(directory);
    deleteBefore(of);
  }

  private void deleteBefore(int of) throws IOException {
    List<Path> old = new ArrayList<>(files(JOURNAL).headMap(of).values());
    old.addAll(files(SNAPSHOT).headMap(of).values());
    for (Path each : old) {
      long size = Files.size(each);
      Folder.delete(each);
      space.giveBack(size);
    }
  }

  /** Bytes of all its files. */
  long bytes() throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path each : files) {
        sum += Files.size(each);
      }
    }
    return sum;
  }

  /**
   * Deletes all its files: an index that lacks what was removed must not be found by the next
   * start. Nothing is kept until a journal is begun again.
   */
  void invalidate() throws IOException {
    FrameWriter old = writer;
    writer = null;
    if (old != null) {
      old.close();
    }
    deleteBefore(Integer.MAX_VALUE);
    Path draft = directory.resolve("draft");
    if (Files.exists(draft)) {
      space.giveBack(Files.size(draft));
      Folder.delete(draft);
    }
    Folder.force(directory);
  }

  void close() throws IOException {
    if (writer != null) {
      force();
      writer.close();
      writer = null;
    }
  }
}
