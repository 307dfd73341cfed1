package darban.store.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a store and what is where in it. One process at a time: it holds a lock until it
 * is closed.
 *
 * <pre>
 *   lock   index/journal-N, index/snapshot-N   segments/N   bodies/xx/ID
 * </pre>
 */
final class Folder implements AutoCloseable {
  static final int SHARDS = 64;

  private static final String MAIN = "m";
  private static final String NEWCOMERS = "n";
  private static final Pattern SEGMENT = Pattern.compile("(\\d{1,9})([mn])");

  private final Path root;
  private final Opening opening;
  private FileChannel lock;

  private Folder(Path root, Opening opening, FileChannel lock) {
    this.root = root;
    this.opening = opening;
    this.lock = lock;
  }

  /** Opens a directory, made if need be; fails when another process has it open. */
  static Folder open(Path root, Opening opening) throws IOException {
    make(root);
    return new Folder(root, opening, locked(root));
  }

  /** How its files are opened. */
  Opening opening() {
    return opening;
  }

  private static void make(Path root) throws IOException {
    for (String each : new String[] {"index", "segments", "bodies"}) {
      Files.createDirectories(root.resolve(each));
    }
    for (int shard = 0; shard < SHARDS; shard++) {
      Path folder = root.resolve("bodies").resolve(shardName(shard));
      if (!Files.isDirectory(folder)) {
        Files.createDirectory(folder);
      }
    }
  }

  /** Makes what somebody deleted, so that it can be used again. */
  synchronized void renew() throws IOException {
    make(root);
    if (!Files.exists(root.resolve("lock"))) {
      FileChannel old = lock;
      lock = locked(root);
      old.close();
    }
  }

  /** Whether nobody deleted it. */
  boolean isThere() {
    return Files.exists(root.resolve("lock"));
  }

  /** Bytes that the file system still has for us. */
  long usable() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }

  private static FileChannel locked(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!lock(channel)) {
      channel.close();
      throw new DiskStore.InUse(root);
    }
    return channel;
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException thisProcess) {
      return false;
    }
  }

  private static String shardName(int shard) {
    return HexFormat.of().toHexDigits((byte) shard);
  }

  Path root() {
    return root;
  }

  Path index() {
    return root.resolve("index");
  }

  Path segment(int number, boolean main) {
    return root.resolve("segments").resolve(number + (main ? MAIN : NEWCOMERS));
  }

  Path shard(int shard) {
    return root.resolve("bodies").resolve(shardName(shard));
  }

  Path body(long id) {
    return shard((int) (id & (SHARDS - 1))).resolve(Long.toHexString(id));
  }

  /** A segment that was found. */
  record SegmentFile(boolean main, long size) {}

  /** The segments at hand by number. */
  SortedMap<Integer, SegmentFile> segments() throws IOException {
    SortedMap<Integer, SegmentFile> found = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve("segments"))) {
      for (Path each : files) {
        Matcher name = SEGMENT.matcher(each.getFileName().toString());
        if (name.matches() && Files.isRegularFile(each)) {
          boolean main = MAIN.equals(name.group(2));
          found.put(Integer.parseInt(name.group(1)), new SegmentFile(main, Files.size(each)));
        }
      }
    }
    return found;
  }

  /** The id in the name of a body's file; null when it has another name. */
  static @Nullable Long id(Path body) {
    try {
      return Long.parseLong(body.getFileName().toString(), 16);
    } catch (NumberFormatException strange) {
      return null;
    }
  }

  /** Deletes a file; one that is gone is as good. */
  static void delete(Path file) throws IOException {
    try {
      Files.delete(file);
    } catch (NoSuchFileException gone) {
      // As it should be.
    }
  }

  /** Makes names in {@code directory} outlive a loss of power. */
  static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory)) {
      channel.force(true);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    lock.close();
  }
}
