package darban.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.store.Disk;
import darban.testkit.Await;
import darban.testkit.Guard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(Guard.class)
class PurgeTest {
  @TempDir Path folder;

  /** What is purged of /a/1 (tags x, y), /a/2 (tag y), /b (tag x). */
  static Stream<Arguments> selections() {
    return Stream.of(
        Arguments.of(new Disk.Selection.Key(TestStore.bytes("/a/1")), 1, "/a/2 /b"),
        Arguments.of(new Disk.Selection.Key(TestStore.bytes("/a")), 0, "/a/1 /a/2 /b"),
        Arguments.of(new Disk.Selection.Tag("x"), 2, "/a/2"),
        Arguments.of(new Disk.Selection.Tag("y"), 2, "/b"),
        Arguments.of(new Disk.Selection.Tag("z"), 0, "/a/1 /a/2 /b"),
        Arguments.of(new Disk.Selection.Prefix(TestStore.bytes("/a/")), 0, "/b"),
        Arguments.of(new Disk.Selection.Prefix(TestStore.bytes("/a/11")), 0, "/a/1 /a/2 /b"),
        Arguments.of(new Disk.Selection.Prefix(new byte[0]), 3, ""),
        Arguments.of(new Disk.Selection.All(), 3, ""));
  }

  private static void fill(TestStore store) throws Exception {
    store.mustPut("/a/1", 1, 100, "x", "y");
    store.mustPut("/a/2", 1, 2 * TestStore.SLICE, "y");
    store.mustPut("/b", 1, 100, "x");
  }

  private static void assertStored(TestStore store, String left) throws Exception {
    for (String key : new String[] {"/a/1", "/a/2", "/b"}) {
      int wanted = (" " + left + " ").contains(" " + key + " ") ? 1 : -1;
      assertEquals(wanted, store.version(key), key);
    }
  }

  @ParameterizedTest
  @MethodSource("selections")
  void hard_removes_alsoAfterARestart(Disk.Selection what, long count, String left)
      throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      fill(store);
      assertEquals(count, Await.result(store.store().purge(what, false)));
      assertStored(store, left);
    }
    try (TestStore store = TestStore.open(folder)) {
      assertStored(store, left);
      long entries = Stream.of(left.split(" ")).filter(each -> !each.isEmpty()).count();
      Await.until(
          Duration.ofSeconds(5),
          () -> store.store().figures().entries() == entries,
          () -> store.store().figures().toString());
      assertEquals(0, store.store().figures().damaged());
      fill(store);
      assertStored(store, "/a/1 /a/2 /b");
    }
    try (TestStore store = TestStore.open(folder)) {
      assertStored(store, "/a/1 /a/2 /b");
    }
  }

  @ParameterizedTest
  @MethodSource("selections")
  void soft_marks_untilUpdated(Disk.Selection what, long count, String left) throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      fill(store);
      assertEquals(count, Await.result(store.store().purge(what, true)));
      assertSoft(store, left);
    }
    try (TestStore store = TestStore.open(folder)) {
      assertSoft(store, left);
      assertStored(store, "/a/1 /a/2 /b");
      // Prefixes are carried out in the background; what is updated then is soft no more.
      Await.until(
          Duration.ofSeconds(5),
          () -> store.find("/b").getFirst().soft() != left.contains("/b"),
          () -> store.find("/b").toString());
      Disk.Description same = TestStore.description("/b", 1, 100, "x");
      Await.until(
          Duration.ofSeconds(5),
          () -> {
            assertNotNull(Await.result(store.update(store.find("/b").getFirst(), same)));
            return !soft(store, "/b");
          },
          () -> "still soft");
      assertEquals(1, store.version("/b"));
    }
    try (TestStore store = TestStore.open(folder)) {
      assertFalse(soft(store, "/b"));
    }
  }

  private static boolean soft(TestStore store, String key) throws Exception {
    Disk.Entry entry = store.load(key);
    assertNotNull(entry, key);
    entry.discard();
    return entry.found().soft();
  }

  private static void assertSoft(TestStore store, String left) throws Exception {
    for (String key : new String[] {"/a/1", "/a/2", "/b"}) {
      assertEquals(!left.contains(key), soft(store, key), key);
    }
  }

  @ParameterizedTest
  @MethodSource("selections")
  void whatIsOnItsWay_isMeantToo(Disk.Selection what, long count, String left) throws Exception {
    byte[] whole = TestStore.body("/a/1", 1, TestStore.SLICE);
    try (TestStore store = TestStore.open(folder)) {
      Disk.Draft draft =
          store.create(TestStore.description("/a/1", 1, whole.length, "x", "y"), whole.length);
      assertNotNull(draft);
      assertNull(TestStore.writeSlice(draft.file(), 0, whole));
      Await.result(store.store().purge(what, false));
      assertEquals(left.contains("/a/1"), Await.result(draft.commit()) != null);
      draft.file().release();
      assertEquals(left.contains("/a/1") ? 1 : -1, store.version("/a/1"));
    }
  }

  @Test
  void many_areOneForAll_inBoundedMemory() throws Exception {
    try (TestStore store = TestStore.open(folder)) {
      fill(store);
      for (int i = 0; i < 5000; i++) {
        byte[] prefix = TestStore.bytes("/none/" + i);
        var purged = store.store().purge(new Disk.Selection.Prefix(prefix), true);
        if (i % 500 == 0) {
          Await.result(purged);
        }
      }
      assertTrue(store.version("/b") == 1);
    }
  }
}
