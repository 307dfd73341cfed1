package darban.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.store.Disk;
import darban.store.KeyHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowsTest {
  private final Random random = new Random(11);
  private final Rows rows = new Rows();
  private final Map<KeyHash, List<Long>> expected = new HashMap<>();
  private final List<KeyHash> keys = new ArrayList<>();
  private long ids;

  /** Far more rows than the table begins with buckets, and back to none. */
  @Test
  void rows_addedAndRemovedAtRandom_foundByTheirKeys() {
    for (int i = 0; i < 20_000; i++) {
      if (random.nextInt(4) > 0) {
        add();
      } else {
        remove();
      }
    }
    assertEquals(expected.values().stream().mapToInt(List::size).sum(), rows.count());
    expected.keySet().forEach(this::assertFound);
    while (!keys.isEmpty()) {
      remove();
    }
    assertEquals(0, rows.count());
    expected.keySet().forEach(this::assertFound);
  }

  private void add() {
    // One in five keys has several rows, and some differ in bits that the table does not look at.
    KeyHash key =
        !keys.isEmpty() && random.nextInt(5) == 0
            ? keys.get(random.nextInt(keys.size()))
            : new KeyHash(random.nextLong(), random.nextInt(3) == 0 ? 0 : random.nextLong());
    long id = ++ids;
    rows.add(
        new Row(
            key,
            id,
            0,
            new Place(1, 0, 100, 0),
            100,
            new Disk.Hints(0, 0),
            new Row.Standing(false, false, 0, id),
            new long[] {id % 7},
            null));
    keys.add(key);
    expected.computeIfAbsent(key, each -> new ArrayList<>()).addFirst(id);
    assertFound(key);
  }

  private void remove() {
    if (!keys.isEmpty()) {
      KeyHash key = keys.remove(random.nextInt(keys.size()));
      List<Long> of = expected.getOrDefault(key, List.of());
      long id = of.remove(random.nextInt(of.size()));
      rows.remove(rows.row(key, id));
      assertFound(key);
    }
  }

  /** The newest first. */
  private void assertFound(KeyHash key) {
    List<Long> found = new ArrayList<>();
    for (int row = rows.first(key); row != Rows.NONE; row = rows.next(row, key)) {
      found.add(rows.id(row));
    }
    assertEquals(expected.get(key), found);
  }
}
