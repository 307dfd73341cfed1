package darban.store.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.store.Disk;
import darban.store.KeyHash;
import darban.store.SliceFile;
import darban.testkit.Await;
import darban.testkit.Guard;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Guard.class)
class DiskStoreTest {
  private static final int SLICE = TestStore.SLICE;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, TestStore.SMALL, TestStore.SMALL + 1, SLICE, 3 * SLICE + 5})
  void put_isFoundAndRead_alsoAfterARestart(int length) throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      assertTrue(store.find("a").isEmpty());
      Disk.Found put = store.mustPut("a", 1, length, "red", "blue");
      assertEquals(List.of(put), store.find("a"));
      assertEquals(length, put.length());
      assertEquals(length, put.stored());
      assertEquals(1, store.version("a"));
    }
    try (TestStore store = TestStore.open(folder)) {
      Disk.Entry entry = store.load("a");
      assertNotNull(entry);
      assertEquals(List.of("red", "blue"), entry.tags());
      assertArrayEquals(TestStore.bytes("v"), entry.variant());
      assertEquals(new Disk.Hints(1_000_000, 1), entry.found().hints());
      entry.discard();
      assertEquals(1, store.version("a"));
    }
  }

  @Test
  void put_ofTheSameVariant_replaces() throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      store.mustPut("a", 1, 100);
      store.mustPut("a", 2, 2 * SLICE);
      assertEquals(1, store.find("a").size());
      assertEquals(2, store.version("a"));
      store.mustPut("a", 3, 10);
      assertEquals(3, store.version("a"));
    }
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(1, store.find("a").size());
      assertEquals(3, store.version("a"));
      assertEquals(0, bodies());
    }
  }

  @Test
  void variants_standSideBySide_theNewestFirst() throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      store.mustPut("a", 1, 100);
      Disk.Description other =
          new Disk.Description(
              TestStore.bytes("a"), TestStore.bytes("w"), new byte[0], List.of(), Disk.Hints.NONE);
      assertNotNull(Await.result(store.put(other, Unpooled.buffer().writeByte(1))));
      List<Disk.Found> found = store.find("a");
      assertEquals(2, found.size());
      assertEquals(KeyHash.shortOf(TestStore.bytes("w")), found.getFirst().variant());
    }
  }

  @Test
  void load_ofAnotherKeysText_isNull() throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      Disk.Found found = store.mustPut("a", 1, 100);
      assertNull(Await.result(store.load(found, TestStore.bytes("b"))));
      assertEquals(1, store.version("a"), "a collision is not damage");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 2 * SLICE})
  void update_changesMetadata_notTheBody(int length) throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      Disk.Found found = store.mustPut("a", 1, length, "old");
      for (int i = 2; i < 6; i++) {
        Disk.Description d = TestStore.description("a", i, length, "new");
        Disk.Description same =
            new Disk.Description(
                d.key(), d.variant(), d.metadata(), d.tags(), new Disk.Hints(i, 1));
        Disk.Found updated = Await.result(store.update(found, same));
        assertNotNull(updated);
        assertEquals(i, updated.hints().expiry());
        assertEquals(found.id(), updated.id());
        assertEquals(i, store.version("a"));
      }
    }
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(5, store.version("a"));
      assertEquals(0, Await.result(store.store().purge(new Disk.Selection.Tag("old"), false)));
      assertEquals(1, Await.result(store.store().purge(new Disk.Selection.Tag("new"), false)));
    }
  }

  @Test
  void remove_isForGood() throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      store.store().remove(store.mustPut("a", 1, 100));
      store.store().remove(store.mustPut("b", 1, 2 * SLICE));
      assertTrue(store.find("a").isEmpty());
      assertTrue(store.find("b").isEmpty());
    }
    assertEquals(0, bodies());
    try (TestStore store = TestStore.open(folder)) {
      assertTrue(store.find("a").isEmpty());
      assertTrue(store.find("b").isEmpty());
    }
  }

  // Bodies in slices

  @Test
  void draft_ofKnownLength_isFoundWithTheSlicesItHas() throws Exception {
    byte[] whole = TestStore.body("a", 1, 5 * SLICE + 10);
    try (TestStore store = TestStore.open(folder)) {
      Disk.Draft draft = store.create(TestStore.description("a", 1, whole.length), whole.length);
      assertNotNull(draft);
      SliceFile file = draft.file();
      assertNull(TestStore.writeSlice(file, 1, whole));
      assertTrue(store.find("a").isEmpty());
      Disk.Found found = Await.result(draft.commit());
      assertNotNull(found);
      assertEquals(SLICE, found.stored());
      assertNull(TestStore.writeSlice(file, 5, whole));
      assertEquals(SLICE + 10, store.find("a").getFirst().stored());
      file.release();
    }
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(SLICE + 10, store.find("a").getFirst().stored());
      Disk.Entry entry = store.load("a");
      assertNotNull(entry);
      SliceFile file = assertInstanceOf(Disk.Stored.File.class, entry.body()).file();
      assertFalse(file.isVerified(1));
      assertTrue(TestStore.sameSlice("a", file, 1, whole));
      assertTrue(file.isVerified(1));
      assertTrue(TestStore.sameSlice("a", file, 5, whole));
      assertFalse(file.isPresent(0));
      for (int i : new int[] {0, 2, 3, 4}) {
        assertNull(TestStore.writeSlice(file, i, whole));
      }
      entry.discard();
      assertEquals(1, store.version("a"));
    }
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(1, store.version("a"));
    }
  }

  /** Several feeds may bring the same slice at a time, each from where it came to it. */
  @ParameterizedTest
  @CsvSource({
    "'0-100 0-100 100-', true",
    "'0-200 0-100 100-', true",
    "'0-100 50-300 200-', true",
    "'0-100 200- 100-', true",
    "'0-100 200-300 0-', true",
    "'100- 0-', true",
    "'0- 0-', true",
    "'0-100 200-', false",
    "'100-', false",
  })
  void slice_thatSeveralWrite_isCountedOnceItHasNoGap(String writes, boolean sealed)
      throws Exception {
    byte[] whole = TestStore.body("a", 1, SLICE);
    try (TestStore store = TestStore.open(folder)) {
      Disk.Draft draft = store.create(TestStore.description("a", 1, SLICE), SLICE);
      assertNotNull(draft);
      SliceFile file = draft.file();
      for (String each : writes.split(" ")) {
        String[] ends = each.split("-", -1);
        int from = Integer.parseInt(ends[0]);
        int to = ends[1].isEmpty() ? SLICE : Integer.parseInt(ends[1]);
        assertNull(TestStore.write(file, from, to - from, whole));
      }
      file.seal(0);
      assertEquals(sealed, file.isPresent(0));
      assertNotNull(Await.result(draft.commit()));
      file.release();
    }
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(sealed ? 1 : -1, store.version("a"));
    }
  }

  /** Of two that bring different bytes the first is right: what is sealed is what was counted. */
  @Test
  void slice_thatTwoWriteDifferently_isThatOfTheFirst() throws Exception {
    byte[] whole = TestStore.body("a", 1, SLICE);
    byte[] other = TestStore.body("a", 2, SLICE);
    try (TestStore store = TestStore.open(folder)) {
      Disk.Draft draft = store.create(TestStore.description("a", 1, SLICE), SLICE);
      assertNotNull(draft);
      SliceFile file = draft.file();
      assertNull(TestStore.write(file, 0, 100, whole));
      assertNull(TestStore.write(file, 0, 100, other));
      assertNull(TestStore.write(file, 300, 100, other));
      assertNull(TestStore.write(file, 100, SLICE - 100, whole));
      file.seal(0);
      assertNotNull(Await.result(draft.commit()));
      file.release();
    }
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(1, store.version("a"));
    }
  }

  /** What cannot be read back is not counted on. */
  @Test
  void slice_thatIsLostWhileItIsWritten_isWrittenAnew() throws Exception {
    byte[] whole = TestStore.body("a", 1, SLICE);
    byte[] other = TestStore.body("a", 2, SLICE);
    try (TestStore store = TestStore.open(folder)) {
      Disk.Draft draft = store.create(TestStore.description("a", 1, SLICE), SLICE);
      assertNotNull(draft);
      SliceFile file = draft.file();
      assertNull(TestStore.write(file, 0, 100, other));
      file.lose(0);
      assertNull(TestStore.writeSlice(file, 0, whole));
      assertNotNull(Await.result(draft.commit()));
      file.release();
      assertEquals(1, store.version("a"));
    }
  }

  @Test
  void draft_ofUnknownLength_isCommittedWhenItIsKnown() throws Exception {
    byte[] whole = TestStore.body("a", 1, 2 * SLICE + 10);
    try (TestStore store = TestStore.open(folder)) {
      Disk.Draft draft = store.create(TestStore.description("a", 1, whole.length), -1);
      assertNotNull(draft);
      SliceFile file = draft.file();
      for (int i = 0; i < 2; i++) {
        assertNull(TestStore.writeSlice(file, i, whole));
      }
      assertNull(TestStore.writeSlice(file, 2, whole));
      assertFalse(file.isPresent(2), "nobody knows yet whether more comes");
      file.length(whole.length);
      file.seal(2);
      assertTrue(file.isPresent(2));
      assertNotNull(Await.result(draft.commit()));
      file.release();
      assertEquals(1, store.version("a"));
      assertBytesAreCounted(store);
    }
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(1, store.version("a"));
    }
  }

  @Test
  void draft_thatIsNotCommitted_leavesNothing() throws Exception {
    byte[] whole = TestStore.body("a", 1, 3 * SLICE);
    try (TestStore store = TestStore.open(folder)) {
      long before = store.store().figures().bytes();
      Disk.Draft draft = store.create(TestStore.description("a", 1, 1), whole.length);
      assertNotNull(draft);
      assertNull(TestStore.writeSlice(draft.file(), 0, whole));
      assertEquals(1, bodies());
      draft.file().release();
      Await.until(Duration.ofSeconds(5), () -> bodies() == 0, () -> "the file stays");
      Await.until(
          Duration.ofSeconds(5),
          () -> store.store().figures().bytes() == before,
          () -> store.store().figures() + " but " + before + " before");
    }
  }

  @Test
  void sealedSlices_areNotWrittenAgain() throws Exception {
    byte[] whole = TestStore.body("a", 1, SLICE);
    try (TestStore store = TestStore.open(folder)) {
      Disk.Draft draft = store.create(TestStore.description("a", 1, SLICE), SLICE);
      assertNotNull(draft);
      assertNull(TestStore.writeSlice(draft.file(), 0, whole));
      assertNull(TestStore.writeSlice(draft.file(), 0, TestStore.body("a", 2, SLICE)));
      assertNotNull(Await.result(draft.commit()));
      draft.file().release();
      assertEquals(1, store.version("a"));
    }
  }

  @Test
  void removedWhileRead_isReadToTheEnd() throws Exception {
    byte[] whole = TestStore.body("a", 1, 3 * SLICE);
    try (TestStore store = TestStore.open(folder)) {
      store.mustPut("a", 1, whole.length);
      Disk.Entry entry = store.load("a");
      assertNotNull(entry);
      long before = store.store().figures().bytes();
      store.store().remove(entry.found());
      Await.until(Duration.ofSeconds(5), () -> bodies() == 0, () -> "the file stays");
      assertTrue(store.store().figures().bytes() >= before, "still on disk");
      SliceFile file = assertInstanceOf(Disk.Stored.File.class, entry.body()).file();
      for (int i = 0; i < 3; i++) {
        assertTrue(TestStore.sameSlice("a", file, i, whole));
      }
      entry.discard();
      Await.until(
          Duration.ofSeconds(5),
          () -> store.store().figures().bytes() < before,
          () -> "its bytes are not given back");
    }
  }

  // The directory

  @Test
  void directory_isOfOneStoreAtATime() throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      assertThrows(IOException.class, () -> TestStore.open(folder).close());
      store.mustPut("a", 1, 10);
    }
  }

  @Test
  void manyStarts_leaveFewJournals() throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      store.mustPut("a", 1, 100);
    }
    for (int i = 0; i < 9; i++) {
      TestStore.open(folder).close();
    }
    try (TestStore store = TestStore.open(folder)) {
      // The start before may have made one of them all, to which this one adds its own.
      Await.until(Duration.ofSeconds(5), () -> journals() <= 2, () -> journals() + " stay");
      assertEquals(1, store.version("a"));
    }
    try (TestStore store = TestStore.open(folder)) {
      assertEquals(1, store.version("a"));
    }
  }

  @Test
  void anotherSliceSize_beginsAnew() throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      store.mustPut("a", 1, 3 * SLICE);
    }
    DiskOptions o = TestStore.options(folder, 64 << 20);
    DiskOptions other =
        new DiskOptions(folder, o.capacity(), 2 * SLICE, 0, o.mostEntries(), 1 << 20, 0, o.retry());
    try (TestStore store = TestStore.open(other)) {
      assertTrue(store.find("a").isEmpty());
      Await.until(Duration.ofSeconds(5), () -> bodies() == 0, () -> "the file stays");
    }
  }

  @Test
  void closed_storesAndFindsNothingMore() throws Exception {
    TestStore store = TestStore.open(folder);
    Disk.Found found = store.mustPut("a", 1, 10);
    store.close();
    assertNull(store.put("b", 1, 10));
    assertNull(store.create(TestStore.description("c", 1, SLICE), SLICE));
    assertNull(Await.result(store.load(found, TestStore.bytes("a"))));
    assertEquals(Disk.State.CLOSED, store.store().figures().state());
    store.close();
  }

  private static void assertBytesAreCounted(TestStore store) {
    assertTrue(store.store().figures().bytes() <= store.store().figures().capacity());
  }

  private long bodies() throws IOException {
    try (var files = Files.walk(folder.resolve("bodies"))) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  private int journals() {
    String[] files =
        folder.resolve("index").toFile().list((in, name) -> name.startsWith("journal-"));
    return files == null ? 0 : files.length;
  }
}
