package darban.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import darban.store.Disk;
import darban.store.KeyHash;
import darban.store.SliceFile;
import darban.testkit.Await;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A store whose bodies can be told from each other at every byte: they are made from their key and
 * a version, which the metadata tells. Closed by the test.
 */
final class TestStore implements AutoCloseable {
  static final int SLICE = 16 * 1024;
  static final int SMALL = 4 * 1024;

  private final DiskStore store;

  private TestStore(DiskStore store) {
    this.store = store;
  }

  /** Small slices and small bodies, no scrubber, and quick to try again. */
  static DiskOptions options(Path folder, long capacity) {
    return new DiskOptions(
        folder, capacity, SLICE, SMALL, 100_000, 64 << 20, 0, Duration.ofMillis(20));
  }

  static TestStore open(DiskOptions options) throws Exception {
    return new TestStore(Await.result(DiskStore.open(options)));
  }

  static TestStore open(Path folder) throws Exception {
    return open(options(folder, 64 << 20));
  }

  DiskStore store() {
    return store;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Disk.Description description(String key, int version, int length, String... tags) {
    byte[] metadata = bytes(version + " " + length);
    return new Disk.Description(
        bytes(key), bytes("v"), metadata, List.of(tags), new Disk.Hints(1_000_000, version));
  }

  /** The body of a version of a key. */
  static byte[] body(String key, int version, int length) {
    SplittableRandom random = new SplittableRandom(key.hashCode() * 31L + version);
    byte[] all = new byte[length];
    random.nextBytes(all);
    return all;
  }

  /** Stores a body at once. */
  Disk.@Nullable Found put(String key, int version, int length, String... tags) throws Exception {
    ByteBuf body = Unpooled.wrappedBuffer(body(key, version, length));
    return Await.result(put(description(key, version, length, tags), body));
  }

  Future<Disk.@Nullable Found> put(Disk.Description description, ByteBuf body) {
    return store.put(description, body, () -> true);
  }

  Disk.@Nullable Draft create(Disk.Description description, long length) {
    return store.create(description, length, () -> true);
  }

  Future<Disk.@Nullable Found> update(Disk.Found found, Disk.Description description) {
    return store.update(found, description, () -> true);
  }

  Future<Disk.@Nullable Entry> load(Disk.Found found, byte[] key) {
    return store.load(found, key, 0);
  }

  Disk.Found mustPut(String key, int version, int length, String... tags) throws Exception {
    Disk.Found found = put(key, version, length, tags);
    assertNotNull(found, key + " was not stored");
    return found;
  }

  List<Disk.Found> find(String key) {
    return store.find(KeyHash.of(bytes(key)));
  }

  Disk.@Nullable Entry load(String key) throws Exception {
    List<Disk.Found> found = find(key);
    return found.isEmpty() ? null : Await.result(load(found.getFirst(), bytes(key)));
  }

  /**
   * The version of what is stored, after all its bytes were compared with what they must be; -1
   * when it is not there, or a part of it is missing.
   */
  int version(String key) throws Exception {
    Disk.Entry entry = load(key);
    if (entry == null) {
      return -1;
    }
    try {
      String[] metadata = new String(entry.metadata(), StandardCharsets.UTF_8).split(" ");
      int version = Integer.parseInt(metadata[0]);
      int length = Integer.parseInt(metadata[1]);
      assertEquals(length, entry.found().length(), "length of " + key);
      byte[] wanted = body(key, bodyVersion(entry, version), length);
      return same(key, entry.body(), wanted) ? version : -1;
    } finally {
      entry.discard();
    }
  }

  /** An update changes the metadata only: the validator still is that of the body. */
  private static int bodyVersion(Disk.Entry entry, int version) {
    long validator = entry.found().hints().validator();
    return validator == 0 ? version : (int) validator;
  }

  /** Whether all is there; bytes that are there must be right. */
  private static boolean same(String key, Disk.Stored body, byte[] wanted) throws Exception {
    switch (body) {
      case Disk.Stored.Bytes(ByteBuf buffer) ->
          assertEquals(Unpooled.wrappedBuffer(wanted), buffer, "body of " + key);
      case Disk.Stored.File(SliceFile file) -> {
        boolean all = true;
        for (int i = 0; i * SLICE < wanted.length; i++) {
          all &= sameSlice(key, file, i, wanted);
        }
        return all;
      }
    }
    return true;
  }

  /** Whether the slice is there. */
  static boolean sameSlice(String key, SliceFile file, int slice, byte[] wanted) throws Exception {
    if (!file.isPresent(slice) || !verified(file, slice)) {
      return false;
    }
    int from = slice * SLICE;
    int n = Math.min(SLICE, wanted.length - from);
    ByteBuffer read = ByteBuffer.allocate(n);
    FileChannel channel = file.file().channel();
    while (read.hasRemaining()) {
      assertEquals(true, channel.read(read, from + read.position()) > 0, "cut: " + key);
    }
    assertEquals(ByteBuffer.wrap(wanted, from, n), read.flip(), key + " in slice " + slice);
    return true;
  }

  static boolean verified(SliceFile file, int slice) throws Exception {
    if (file.isVerified(slice)) {
      return true;
    }
    Promise<Boolean> right = Promise.promise();
    file.verify(slice, right::complete);
    return Await.result(right.future());
  }

  /** Writes bytes of a draft or a file, in two pieces. */
  static @Nullable Throwable write(SliceFile file, int from, int n, byte[] whole) throws Exception {
    ByteBuf first = Unpooled.directBuffer(n).writeBytes(whole, from, n / 2);
    ByteBuf second = Unpooled.copiedBuffer(whole, from + n / 2, n - n / 2);
    Promise<@Nullable Throwable> done = Promise.promise();
    file.write(from, List.of(first, second), false, done::complete);
    return Await.result(done.future());
  }

  /** Writes a slice of a draft or a file and seals it. */
  static @Nullable Throwable writeSlice(SliceFile file, int slice, byte[] whole) throws Exception {
    int from = slice * SLICE;
    Throwable failed = write(file, from, Math.min(SLICE, whole.length - from), whole);
    if (failed == null) {
      file.seal(slice);
    }
    return failed;
  }

  @Override
  public void close() {
    try {
      Await.result(store.close());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
