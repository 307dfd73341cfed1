package darban.stage.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What a dead process leaves behind, and what may happen to it before the next one comes. */
final class Wreckage {
  private static final int BLOCK = 4096;

  private final Path folder;
  private final SplittableRandom random;

  private Wreckage(Path folder, SplittableRandom random) {
    this.folder = folder;
    this.random = random;
  }

  /** A copy of a folder as it is this moment, holes kept. */
  static Wreckage copy(Path from, Path to, SplittableRandom random) throws IOException {
    try (var all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path copy = to.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectory(copy);
        } else {
          copyFile(each, copy);
        }
      }
    }
    return new Wreckage(to, random);
  }

  private static void copyFile(Path from, Path to) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    ByteBuffer zeros = ByteBuffer.allocate(BLOCK);
    try (FileChannel in = FileChannel.open(from);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long at = 0;
      for (int n = in.read(block.clear(), at); n > 0; n = in.read(block.clear(), at)) {
        block.flip();
        if (!block.equals(zeros.clear().limit(n)) || at + n == in.size()) {
          out.write(block, at);
        }
        at += n;
      }
    }
  }

  /** Deletes a folder with all in it. */
  static void delete(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private List<Path> files(String under) throws IOException {
    try (var all = Files.walk(folder.resolve(under))) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The newest journal; null where the index could not be kept. */
  @Nullable Path journal() throws IOException {
    return files("index").stream()
        .filter(each -> each.getFileName().toString().startsWith("journal-"))
        .reduce((older, newer) -> newer)
        .orElse(null);
  }

  /** Cuts a file off somewhere behind {@code least}. */
  void tear(Path file, long least) throws IOException {
    long size = Files.size(file);
    if (size > least) {
      truncate(file, least + random.nextLong(size - least + 1));
    }
  }

  private static void truncate(Path file, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }

  /** Damages some files in one way or another. */
  void damage() throws IOException {
    int die = random.nextInt(10);
    List<Path> files = files(die == 0 ? "index" : die < 4 ? "segments" : "bodies");
    for (int n = 1 + random.nextInt(8); n > 0 && files.size() > 1; n--) {
      Path file = files.get(random.nextInt(files.size()));
      if (Files.exists(file) && Files.size(file) > 0) {
        damage(file, files.get(random.nextInt(files.size())));
      }
    }
  }

  private void damage(Path file, Path other) throws IOException {
    long size = Files.size(file);
    switch (random.nextInt(6)) {
      case 0, 1 -> flip(file, random.nextLong(size));
      case 2 -> zero(file, random.nextLong(size));
      case 3 -> truncate(file, size / 2);
      case 4 -> Files.delete(file);
      default -> swap(file, other);
    }
  }

  private void flip(Path file, long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1 << random.nextInt(8)));
      channel.write(one.rewind(), at);
    }
  }

  private static void zero(Path file, long at) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      int n = (int) Math.min(BLOCK, Files.size(file) - at);
      channel.write(ByteBuffer.allocate(n), at);
    }
  }

  private void swap(Path one, Path other) throws IOException {
    if (!one.equals(other) && Files.exists(other)) {
      Path third = folder.resolve("third");
      Files.move(one, third);
      Files.move(other, one, StandardCopyOption.ATOMIC_MOVE);
      Files.move(third, other, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
