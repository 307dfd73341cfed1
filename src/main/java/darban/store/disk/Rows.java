package darban.store.disk;

import darban.store.Disk;
import darban.store.KeyHash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The index's memory: a hash table of rows in arrays of numbers, 96 bytes a row plus four for its
 * bucket and four for its slices. Rows and buckets lie in pages, and buckets are split one by one
 * as rows come (linear hashing, W. Litwin 1980), so that it grows without ever stopping to copy.
 * Guarded by the index's lock.
 */
final class Rows {
  static final int NONE = -1;
  private static final int PAGE_BITS = 10;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int WIDTH = 12;

  // Numbers of a row
  private static final int HIGH = 0;
  private static final int LOW = 1;
  private static final int ID = 2;
  private static final int VARIANT = 3;
  private static final int PLACE = 4; // segment, offset
  private static final int SIZES = 5; // bytes of the record; of it in a file of its own
  private static final int LENGTH = 6;
  private static final int EXPIRY = 7; // seconds; standing
  private static final int VALIDATOR = 8;
  private static final int ORDER = 9;
  private static final int LINKS = 10; // previous, next in its chain
  private static final int HEADS = 11; // next in its bucket, first of its tags

  private static final int SOFT = 1;
  private static final int MAIN = 2;
  private static final int USES = 4; // times 0 to 3

  /** Rows in order, linked by their numbers. */
  static final class Chain {
    int first = NONE;
    int last = NONE;
    int count;
  }

  private int[][] buckets = {newBuckets()};
  private int split = PAGE; // buckets in use
  private final Tags tags = new Tags();
  private long[][] pages = new long[16][];
  private @Nullable Slices[][] slices = new Slices[16][];
  private int end;
  private int free = NONE;
  private int count;

  int count() {
    return count;
  }

  /** Above the number of every row. */
  int end() {
    return end;
  }

  Tags tags() {
    return tags;
  }

  private long[] page(int row) {
    return pages[row >> PAGE_BITS];
  }

  private static int at(int row, int number) {
    return (row & (PAGE - 1)) * WIDTH + number;
  }

  private long get(int row, int number) {
    return page(row)[at(row, number)];
  }

  private void set(int row, int number, long value) {
    page(row)[at(row, number)] = value;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | (right & 0xffff_ffffL);
  }

  private static int left(long pair) {
    return (int) (pair >> 32);
  }

  private static int right(long pair) {
    return (int) pair;
  }

  // The table

  private int bucket(long high, long low) {
    int round = Integer.highestOneBit(split);
    int bucket = (int) (high ^ low >>> 17) & (2 * round - 1);
    return bucket < split ? bucket : bucket - round;
  }

  private int bucket(int row) {
    return bucket(get(row, HIGH), get(row, LOW));
  }

  private int head(int bucket) {
    return buckets[bucket >> PAGE_BITS][bucket & (PAGE - 1)];
  }

  private void head(int bucket, int row) {
    buckets[bucket >> PAGE_BITS][bucket & (PAGE - 1)] = row;
  }

  private static int[] newBuckets() {
    int[] page = new int[PAGE];
    Arrays.fill(page, NONE);
    return page;
  }

  /** One bucket more: it takes over half of the rows of another, which stay in their order. */
  private void splitOne() {
    int page = split >> PAGE_BITS;
    if (page == buckets.length) {
      buckets = Arrays.copyOf(buckets, page * 2);
    }
    if (buckets[page] == null) {
      buckets[page] = newBuckets();
    }
    int from = split - Integer.highestOneBit(split);
    split++;
    int row = head(from);
    head(from, NONE);
    int[] last = {NONE, NONE};
    while (row != NONE) {
      int next = left(get(row, HEADS));
      int bucket = bucket(row);
      int side = bucket == from ? 0 : 1;
      follow(last[side], bucket, row);
      last[side] = row;
      row = next;
    }
  }

  /** Lets {@code row} end a bucket, after {@code before} or as its only one. */
  private void follow(int before, int bucket, int row) {
    set(row, HEADS, pair(NONE, right(get(row, HEADS))));
    if (before == NONE) {
      head(bucket, row);
    } else {
      set(before, HEADS, pair(row, right(get(before, HEADS))));
    }
  }

  /** The first row of a key, or none. */
  int first(KeyHash key) {
    return matching(head(bucket(key.high(), key.low())), key);
  }

  /** The next row of a key after {@code row}, or none. */
  int next(int row, KeyHash key) {
    return matching(left(get(row, HEADS)), key);
  }

  private int matching(int from, KeyHash key) {
    int row = from;
    while (row != NONE && (get(row, HIGH) != key.high() || get(row, LOW) != key.low())) {
      row = left(get(row, HEADS));
    }
    return row;
  }

  /** The row of an entry, or none. */
  int row(KeyHash key, long id) {
    int row = first(key);
    while (row != NONE && id(row) != id) {
      row = next(row, key);
    }
    return row;
  }

  /** Whether {@code row} is in use. */
  boolean isUsed(int row) {
    return get(row, ID) != 0;
  }

  /** Adds a row; the caller links it into a chain. */
  int add(Row r) {
    int row = claim();
    set(row, HIGH, r.key().high());
    set(row, LOW, r.key().low());
    set(row, ID, r.id());
    int bucket = bucket(r.key().high(), r.key().low());
    set(row, HEADS, pair(head(bucket), tags.add(row, r.tags())));
    head(bucket, row);
    fill(row, r);
    count++;
    if (count > split) {
      splitOne();
    }
    return row;
  }

  /** Replaces what a row says, apart from key, id and links. */
  void replace(int row, Row r) {
    long heads = get(row, HEADS);
    tags.remove(right(heads));
    set(row, HEADS, pair(left(heads), tags.add(row, r.tags())));
    fill(row, r);
  }

  private void fill(int row, Row r) {
    set(row, VARIANT, r.variant());
    set(row, PLACE, pair(r.place().segment(), r.place().offset()));
    set(row, SIZES, pair(r.place().length(), r.place().allocated()));
    set(row, LENGTH, r.length());
    set(row, VALIDATOR, r.hints().validator());
    set(row, EXPIRY, r.hints().expiry() << 32);
    standing(row, r.standing());
    slicesPage(row)[row & (PAGE - 1)] = r.slices();
  }

  private int claim() {
    if (free != NONE) {
      int row = free;
      free = right(get(row, LINKS));
      return row;
    }
    int page = end >> PAGE_BITS;
    if (page == pages.length) {
      pages = Arrays.copyOf(pages, page * 2);
      slices = Arrays.copyOf(slices, page * 2);
    }
    if (pages[page] == null) {
      pages[page] = new long[PAGE * WIDTH];
    }
    return end++;
  }

  /** Takes a row out, which is in no chain any more. */
  void remove(int row) {
    int bucket = bucket(row);
    int follower = left(get(row, HEADS));
    if (head(bucket) == row) {
      head(bucket, follower);
    } else {
      int before = head(bucket);
      while (left(get(before, HEADS)) != row) {
        before = left(get(before, HEADS));
      }
      set(before, HEADS, pair(follower, right(get(before, HEADS))));
    }
    tags.remove(right(get(row, HEADS)));
    slicesPage(row)[row & (PAGE - 1)] = null;
    set(row, ID, 0);
    set(row, LINKS, pair(NONE, free));
    free = row;
    count--;
  }

  private @Nullable Slices[] slicesPage(int row) {
    int page = row >> PAGE_BITS;
    if (slices[page] == null) {
      slices[page] = new Slices[PAGE];
    }
    return slices[page];
  }

  // What a row says

  long id(int row) {
    return get(row, ID);
  }

  long variant(int row) {
    return get(row, VARIANT);
  }

  int segment(int row) {
    return left(get(row, PLACE));
  }

  Row.Standing standing(int row) {
    int bits = right(get(row, EXPIRY));
    return new Row.Standing(
        (bits & SOFT) != 0, (bits & MAIN) != 0, bits / USES & 3, get(row, ORDER));
  }

  void standing(int row, Row.Standing s) {
    int bits = (s.soft() ? SOFT : 0) | (s.main() ? MAIN : 0) | s.uses() * USES;
    set(row, EXPIRY, pair(left(get(row, EXPIRY)), bits));
    set(row, ORDER, s.order());
  }

  Place place(int row) {
    long place = get(row, PLACE);
    long sizes = get(row, SIZES);
    return new Place(left(place), right(place), left(sizes), right(sizes));
  }

  /** All of it. */
  Row read(int row) {
    return new Row(
        new KeyHash(get(row, HIGH), get(row, LOW)),
        id(row),
        variant(row),
        place(row),
        get(row, LENGTH),
        new Disk.Hints(get(row, EXPIRY) >>> 32, get(row, VALIDATOR)),
        standing(row),
        tags.of(right(get(row, HEADS))),
        slicesPage(row)[row & (PAGE - 1)]);
  }

  // Chains

  void append(Chain chain, int row) {
    set(row, LINKS, pair(chain.last, NONE));
    if (chain.last == NONE) {
      chain.first = row;
    } else {
      set(chain.last, LINKS, pair(left(get(chain.last, LINKS)), row));
    }
    chain.last = row;
    chain.count++;
  }

  void unlink(Chain chain, int row) {
    int before = left(get(row, LINKS));
    int after = right(get(row, LINKS));
    if (before == NONE) {
      chain.first = after;
    } else {
      set(before, LINKS, pair(left(get(before, LINKS)), after));
    }
    if (after == NONE) {
      chain.last = before;
    } else {
      set(after, LINKS, pair(before, right(get(after, LINKS))));
    }
    chain.count--;
  }

  /** The row after {@code row} in its chain, or none. */
  int after(int row) {
    return right(get(row, LINKS));
  }
}
