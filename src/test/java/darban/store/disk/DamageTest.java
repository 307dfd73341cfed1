package darban.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.store.Disk;
import darban.testkit.Await;
import darban.testkit.Guard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What happens to the files while nobody looks: every byte that is served is right all the same.
 */
@ExtendWith(Guard.class)
class DamageTest {
  private static final int SMALL = 100;
  private static final int LARGE = 3 * TestStore.SLICE;

  /** The frame that ends a journal which was closed. */
  private static final int END = FrameWriter.HEAD + 1 + Long.BYTES;

  @TempDir Path folder;

  private void fill(int count) throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      for (int i = 0; i < count; i++) {
        store.mustPut("small" + i, 1, SMALL);
        store.mustPut("large" + i, 1, LARGE);
      }
    }
  }

  /** How many are right; the others are not there. A wrong byte fails. */
  private static int right(TestStore store, int count) throws Exception {
    int right = 0;
    for (int i = 0; i < count; i++) {
      right += store.version("small" + i) == 1 ? 1 : 0;
      right += store.version("large" + i) == 1 ? 1 : 0;
    }
    return right;
  }

  private List<Path> files(String under) throws IOException {
    try (var files = Files.walk(folder.resolve(under))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private Path journal() throws IOException {
    return files("index").stream()
        .filter(each -> each.getFileName().toString().startsWith("journal-"))
        .reduce((older, newer) -> newer)
        .orElseThrow();
  }

  private static void flip(Path file, long at, int bit) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 1 << bit)}), at);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"segments", "bodies"})
  void flippedBits_areNeverServed(String under) throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    fill(10);
    int flips = 0;
    for (Path file : files(under)) {
      for (int i = 0; i < 5; i++) {
        flip(file, random.nextLong(Files.size(file)), random.nextInt(8));
        flips++;
      }
    }
    try (TestStore store = TestStore.open(folder)) {
      int right = right(store, 10);
      assertTrue(right >= 10, "what was not touched is there: " + right);
      assertTrue(right < 20, flips + " flips found");
      assertTrue(store.store().figures().damaged() > 0);
      // What was damaged can be stored anew.
      for (int i = 0; i < 10; i++) {
        store.mustPut("small" + i, 1, SMALL);
        store.mustPut("large" + i, 1, LARGE);
      }
      assertEquals(20, right(store, 10));
    }
  }

  @Test
  void damagedSlice_goesAlone() throws Exception {
    fill(1);
    flip(files("bodies").getFirst(), TestStore.SLICE + 5, 0);
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(-1, store.version("large0"));
      assertEquals(2 * TestStore.SLICE, store.find("large0").getFirst().stored());
      assertEquals(1, store.store().figures().damaged());
    }
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(2 * TestStore.SLICE, store.find("large0").getFirst().stored(), "kept so");
      Disk.Entry entry = store.load("large0");
      assertNotNull(entry);
      if (entry.body() instanceof Disk.Stored.File body) {
        TestStore.writeSlice(body.file(), 1, TestStore.body("large0", 1, LARGE));
      }
      entry.discard();
      assertEquals(1, store.version("large0"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, TestStore.SLICE - 1, TestStore.SLICE, LARGE - 1, LARGE, LARGE + 10})
  void truncatedBody_isServedAsFarAsItGoes(int left) throws Exception {
    fill(1);
    try (FileChannel channel =
        FileChannel.open(files("bodies").getFirst(), StandardOpenOption.WRITE)) {
      channel.truncate(left);
    }
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(-1, store.version("large0"));
      assertEquals(1, store.version("small0"));
      assertTrue(store.store().figures().damaged() > 0);
    }
  }

  @Test
  void truncatedSegment_losesWhatWasCut() throws Exception {
    fill(10);
    Path segment = files("segments").getFirst();
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2 + 7);
    }
    try (TestStore store = TestStore.open(folder)) {
      int right = right(store, 10);
      assertTrue(right >= 14 && right < 16, right + " are right");
    }
  }

  @Test
  void swappedBodies_areFoundOut() throws Exception {
    fill(2);
    List<Path> bodies = files("bodies");
    Path third = folder.resolve("third");
    Files.move(bodies.get(0), third);
    Files.move(bodies.get(1), bodies.get(0));
    Files.move(third, bodies.get(1));
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(-1, store.version("large0"));
      assertEquals(-1, store.version("large1"));
    }
  }

  @Test
  void swappedSlices_areFoundOut() throws Exception {
    fill(1);
    Path body = files("bodies").getFirst();
    byte[] all = Files.readAllBytes(body);
    byte[] first = java.util.Arrays.copyOf(all, TestStore.SLICE);
    System.arraycopy(all, TestStore.SLICE, all, 0, TestStore.SLICE);
    System.arraycopy(first, 0, all, TestStore.SLICE, TestStore.SLICE);
    Files.write(body, all);
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(-1, store.version("large0"));
      assertEquals(TestStore.SLICE, store.find("large0").getFirst().stored());
    }
  }

  @Test
  void swappedRecords_areFoundOut() throws Exception {
    fill(2);
    Path segment = files("segments").getFirst();
    byte[] all = Files.readAllBytes(segment);
    assertEquals(0, all.length % 2, "two records of one length");
    byte[] swapped = new byte[all.length];
    System.arraycopy(all, 0, swapped, all.length / 2, all.length / 2);
    System.arraycopy(all, all.length / 2, swapped, 0, all.length / 2);
    Files.write(segment, swapped);
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(-1, store.version("small0"));
      assertEquals(-1, store.version("small1"));
      assertEquals(2, store.store().figures().damaged());
    }
  }

  @Test
  void deletedFiles_areDropped_strayOnesDeleted() throws Exception {
    fill(2);
    List<Path> bodies = files("bodies");
    Files.delete(bodies.getFirst());
    Path stray = bodies.get(1).resolveSibling("123");
    Files.writeString(stray, "stray");
    Files.writeString(bodies.get(1).resolveSibling("strange name"), "stray");
    Files.writeString(folder.resolve("segments/77n"), "stray");
    try (TestStore store = TestStore.open(folder)) {
      Await.until(
          Duration.ofSeconds(5),
          () -> files("bodies").size() == 1 && !Files.exists(folder.resolve("segments/77n")),
          () -> files("").toString());
      assertEquals(3, right(store, 2));
      Await.until(
          Duration.ofSeconds(5),
          () -> store.store().figures().entries() == 3,
          () -> store.store().figures().toString());
    }
  }

  @Test
  void deletedSegment_isDropped() throws Exception {
    fill(2);
    Files.delete(files("segments").getFirst());
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(2, right(store, 2));
      assertEquals(2, store.store().figures().entries());
    }
  }

  @Test
  void journalWithoutFiles_andFilesWithoutJournal_areEmpty() throws Exception {
    fill(2);
    Path elsewhere = folder.resolveSibling(folder.getFileName() + "-index");
    Files.move(folder.resolve("index"), elsewhere, StandardCopyOption.ATOMIC_MOVE);
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(0, right(store, 2));
      Await.until(
          Duration.ofSeconds(5), () -> files("bodies").isEmpty(), () -> files("").toString());
    }
  }

  @Test
  void tornJournal_isCutAtEveryByte() throws Exception {
    fill(3);
    Path journal = journal();
    byte[] all = Files.readAllBytes(journal);
    int entries = all.length - END;
    for (int cut = all.length; cut >= Math.max(0, all.length - 260); cut--) {
      // Not forced yet.
      int right = rightAfterCut(journal, prefix(all, cut), 0);
      int lost = entries - cut;
      assertTrue(lost > 0 ? right < 6 : right == 6, right + " at " + cut);
      assertTrue(right >= 6 - Math.max(0, lost) / 80 - 1, right + " at " + cut);
    }
  }

  @Test
  void journalShorterThanItWas_isNotBelieved() throws Exception {
    fill(3);
    Path journal = journal();
    byte[] all = Files.readAllBytes(journal);
    assertEquals(6, rightAfterCut(journal, all, all.length));
    // What was removed may be among what is lost.
    byte[] zeros = java.util.Arrays.copyOf(prefix(all, all.length - END), all.length);
    assertEquals(0, rightAfterCut(journal, zeros, all.length));
    for (int cut = all.length - 1; cut > 0; cut -= 50) {
      assertEquals(0, rightAfterCut(journal, prefix(all, cut), all.length), "at " + cut);
    }
  }

  /** How many of 6 there are in a copy with that journal, of which so much had been forced. */
  private int rightAfterCut(Path journal, byte[] bytes, int forced) throws Exception {
    Path copy = folder.resolveSibling(folder.getFileName() + "-copy");
    copy(folder, copy);
    Path index = copy.resolve("index");
    Files.write(index.resolve(journal.getFileName()), bytes);
    String mark = journal.getFileName().toString().replace("journal", "at") + "-";
    Files.delete(index.resolve(mark + Files.size(journal)));
    Files.createFile(index.resolve(mark + forced));
    try (TestStore store = TestStore.open(copy)) {
      return right(store, 3);
    } finally {
      delete(copy);
    }
  }

  private static byte[] prefix(byte[] all, int length) {
    return java.util.Arrays.copyOf(all, length);
  }

  @Test
  void rottenJournal_servesNothingWrong_notEvenWhatWasRemoved() throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      store.mustPut("small0", 7, SMALL);
      store.mustPut("other", 1, SMALL);
      store.store().remove(store.find("small0").getFirst());
      store.mustPut("small1", 1, SMALL);
      store.mustPut("large1", 1, LARGE);
    }
    Path journal = journal();
    byte[] all = Files.readAllBytes(journal);
    Path copy = folder.resolveSibling(folder.getFileName() + "-copy");
    for (int at = 0; at < all.length; at += 5) {
      copy(folder, copy);
      flip(copy.resolve("index").resolve(journal.getFileName()), at, at % 8);
      try (TestStore store = TestStore.open(copy)) {
        assertEquals(-1, store.version("small0"), "removed, but found after rot at " + at);
        right(store, 3);
      }
    }
    delete(copy);
  }

  @Test
  void scrubber_findsDamageOfWhatNobodyReads() throws Exception {
    fill(5);
    flip(files("bodies").getFirst(), TestStore.SLICE + 5, 0);
    flip(files("segments").getFirst(), 20, 0);
    DiskOptions o = TestStore.options(folder, 64 << 20);
    DiskOptions scrubbing =
        new DiskOptions(
            folder,
            o.capacity(),
            o.sliceBytes(),
            o.smallBytes(),
            o.mostEntries(),
            o.pendingBytes(),
            1 << 20,
            o.retry());
    try (TestStore store = TestStore.open(scrubbing)) {
      Await.until(
          Duration.ofSeconds(10),
          () -> store.store().figures().damaged() == 2,
          () -> store.store().figures().toString());
      assertEquals(8, right(store, 5));
      assertTrue(store.store().figures().scrubbed() > 0);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    delete(to);
    try (var files = Files.walk(from)) {
      for (Path each : files.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }

  private static void delete(Path root) throws IOException {
    if (Files.exists(root)) {
      try (var files = Files.walk(root)) {
        for (Path each : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
