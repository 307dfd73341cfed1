package darban.store.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the index, so that it can be had again: a snapshot with all entries and the
 * journals since. Journal N is begun before snapshot N is made, and has all that happens meanwhile;
 * applying something twice does no harm. The writer's thread, apart from what says otherwise.
 */
final class Journal {
  private static final String JOURNAL = "journal-";
  private static final String SNAPSHOT = "snapshot-";
  private static final String DRAFT = "draft";

  /**
   * Its name tells which journal there must be, and how many bytes of it at least, since what was
   * removed is at its end: an empty file, so nothing in it can be damaged.
   */
  private static final String MARK = "at-";

  private static final Pattern MARKED = Pattern.compile(MARK + "(\\d{10})-(\\d{1,18})");

  /** Which journal there must be, and how much of it. */
  private record Mark(int number, long bytes) {}

  private static final long LEAST = 4L << 20;

  /** Journals from as many starts are told again before a snapshot takes their place. */
  private static final int MANY = 8;

  /** What is written until somebody sees that it is long. */
  private static final long MARGIN = 128 * 1024;

  private final Path directory;
  private final Opening opening;
  private final int sliceBytes;
  private final Space space;
  private volatile @Nullable FrameWriter writer;
  private int number;
  private int found;
  private long marked;
  private final AtomicLong bytes = new AtomicLong();
  private volatile long snapshotBytes;
  private volatile boolean untrue;

  Journal(Folder folder, int sliceBytes, Space space) {
    this.directory = folder.index();
    this.opening = folder.opening();
    this.sliceBytes = sliceBytes;
    this.space = space;
  }

  /** Counts what it takes on disk. */
  private void count(long more) {
    bytes.addAndGet(more);
    space.count(more);
  }

  /** Counts the files that are there. */
  void adopt() throws IOException {
    Folder.delete(directory.resolve(DRAFT));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path each : files) {
        count(Files.size(each));
      }
    }
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
    NavigableMap<Integer, Long> marks = marks();
    found = journals.size();
    int last = Math.max(last(journals), Math.max(last(snapshots), last(marks)));
    int first = snapshots.isEmpty() ? firstOf(journals) : snapshots.lastKey();
    boolean whole = journals.isEmpty() == marks.isEmpty() && last(journals) >= last(marks);
    if (whole && !snapshots.isEmpty()) {
      whole = readSnapshot(snapshots.lastEntry().getValue(), first, to);
    }
    for (int number = first; whole && number <= last && last > 0; number++) {
      Path journal = journals.get(number);
      Mark mark = new Mark(number, marks.getOrDefault(number, 0L));
      whole = journal != null && read(journal, mark, to);
    }
    return new Found(last, whole);
  }

  private static int firstOf(NavigableMap<Integer, Path> files) {
    return files.isEmpty() ? 1 : files.firstKey();
  }

  private static int last(NavigableMap<Integer, ?> files) {
    return files.isEmpty() ? 0 : files.lastKey();
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

  /** Bytes that there must be, by the journal's number. */
  private NavigableMap<Integer, Long> marks() throws IOException {
    NavigableMap<Integer, Long> found = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, MARK + "*")) {
      for (Path each : files) {
        Matcher name = MARKED.matcher(each.getFileName().toString());
        if (name.matches()) {
          found.put(Integer.parseInt(name.group(1)), Long.parseLong(name.group(2)));
        }
      }
    }
    return found;
  }

  private Path file(Mark of) {
    return directory.resolve(MARK + number(of.number()) + "-" + of.bytes());
  }

  private boolean readSnapshot(Path file, int of, Consumer<Frame> to) {
    long entries = 0;
    try (FrameReader reader = new FrameReader(opening.open(file), of)) {
      snapshotBytes = reader.size();
      boolean known = isOurs(reader.next(), of);
      Frame frame = known ? reader.next() : null;
      while (frame != null && !(frame instanceof Frame.End)) {
        entries += frame instanceof Frame.Put ? 1 : 0;
        to.accept(frame);
        frame = reader.next();
      }
      return frame instanceof Frame.End(long count) && count == entries;
    } catch (IOException unreadable) {
      return false;
    }
  }

  private boolean read(Path file, Mark mark, Consumer<Frame> to) {
    try (FrameReader reader = new FrameReader(opening.open(file), mark.number())) {
      Frame first = reader.next();
      if (first == null) {
        return mark.bytes() == 0 && !reader.damaged();
      }
      if (!isOurs(first, mark.number())) {
        return false;
      }
      for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
        to.accept(frame);
      }
      return reader.read() >= mark.bytes() && !reader.damaged();
    } catch (IOException unreadable) {
      return false;
    }
  }

  private boolean isOurs(@Nullable Frame first, int of) {
    return new Frame.Head(Frame.VERSION, sliceBytes, of).equals(first);
  }

  private Path file(String kind, int of) {
    return directory.resolve(kind + number(of));
  }

  /** Of ten digits, so that names are in the order of numbers. */
  private static String number(int of) {
    String digits = Integer.toString(of);
    return "0".repeat(10 - digits.length()) + digits;
  }

  private FileChannel create(Path file) throws IOException {
    return opening.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Begins the journal {@code next}, greater than all before, with what holds already. */
  void begin(int next, List<Purge> purges) throws IOException {
    FrameWriter old = writer;
    if (old != null) {
      force(old);
    }
    FrameWriter fresh = new FrameWriter(create(file(JOURNAL, next)), next, sliceBytes, this::count);
    writer = fresh;
    number = next;
    marked = 0;
    if (old != null) {
      old.close();
    }
    create(file(new Mark(next, 0))).close();
    for (Purge each : purges) {
      fresh.write(new Frame.Purged(each));
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
    FrameWriter open = writer;
    if (untrue) {
      invalidate();
    } else if (open != null && !open.isForced()) {
      force(open);
    }
  }

  private void force(FrameWriter open) throws IOException {
    // What was removed is not the last frame: damage to it is told from a torn end.
    open.write(new Frame.End(0));
    open.flush();
    open.force();
    long forced = open.written();
    Files.move(
        file(new Mark(number, marked)),
        file(new Mark(number, forced)),
        StandardCopyOption.ATOMIC_MOVE);
    marked = forced;
  }

  /** Whether no file of it tells of what was removed. */
  boolean isTrue() {
    return !untrue;
  }

  /** Whether it is to be begun anew: a snapshot would be shorter, or there is none any more. */
  boolean isDue() {
    FrameWriter open = writer;
    return open == null || open.written() > most();
  }

  /**
   * Bytes that it may take beyond what it takes now: the journal goes on growing, while a snapshot
   * of {@code entries} bytes is made beside the old one.
   */
  long growth(long entries) {
    FrameWriter open = writer;
    long left = open == null ? most() : Math.max(0, most() - open.written());
    return entries + left + MARGIN;
  }

  private long most() {
    return Math.max(least(), snapshotBytes);
  }

  /** Whether the files found at the start are so much longer than a snapshot, or so many. */
  boolean isWorthASnapshot() {
    return bytes.get() - snapshotBytes > most() || found > MANY;
  }

  private long least() {
    return Math.min(LEAST, space.capacity() / 32);
  }

  /**
   * Makes a snapshot as of the journal {@code of} or later, then deletes what it makes needless.
   * Any one thread.
   */
  void snapshot(int of, Iterable<Frame> frames) throws IOException {
    Path draft = directory.resolve(DRAFT);
    deleteDraft(draft);
    long entries = 0;
    try (FrameWriter to = new FrameWriter(create(draft), of, sliceBytes, this::count)) {
      for (Frame each : frames) {
        to.write(each);
        entries += each instanceof Frame.Put ? 1 : 0;
      }
      to.write(new Frame.End(entries));
      to.flush();
      to.force();
      snapshotBytes = to.written();
    } catch (IOException e) {
      deleteDraft(draft);
      throw e;
    }
    Files.move(draft, file(SNAPSHOT, of), StandardCopyOption.ATOMIC_MOVE);
    Folder.force(directory);
    deleteBefore(of);
    untrue = false;
  }

  private void deleteDraft(Path draft) throws IOException {
    if (Files.exists(draft)) {
      count(-Files.size(draft));
      Folder.delete(draft);
    }
  }

  /** The marks first, which tell that there must be a journal. */
  private void deleteBefore(int of) throws IOException {
    for (var each : marks().headMap(of, false).entrySet()) {
      Folder.delete(file(new Mark(each.getKey(), each.getValue())));
    }
    deleteAll(files(SNAPSHOT).headMap(of, false));
    deleteAll(files(JOURNAL).headMap(of, false));
  }

  /** The oldest first, so that what is left is without gaps. */
  private void deleteAll(NavigableMap<Integer, Path> old) throws IOException {
    for (Path each : old.values()) {
      long size = Files.size(each);
      Folder.delete(each);
      count(-size);
    }
  }

  /** Somebody deleted its files. */
  void gone() throws IOException {
    FrameWriter old = writer;
    writer = null;
    if (old != null) {
      old.close();
    }
    count(-bytes.get());
    snapshotBytes = 0;
  }

  /**
   * Deletes all its files: an index that lacks what was removed must not be found by the next
   * start. Nothing is kept until a journal is begun again.
   */
  void invalidate() throws IOException {
    FrameWriter old = writer;
    writer = null;
    untrue = true;
    if (old != null) {
      old.close();
    }
    deleteBefore(Integer.MAX_VALUE);
    deleteDraft(directory.resolve(DRAFT));
    Folder.force(directory);
    untrue = false;
  }

  void close() throws IOException {
    if (writer != null) {
      force();
      writer.close();
      writer = null;
    }
  }
}
