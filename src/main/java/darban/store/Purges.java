package darban.store;

import darban.caching.StoredResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The latest purges, kept in mind for what was under way meanwhile: a response that was asked for
 * before a purge and comes after it must not be stored either, nor one that was read from the disk
 * before the purge reached it there. Any thread.
 */
final class Purges {
  /** What a purge means for a response. */
  enum Mark {
    NONE,
    SOFT,
    HARD
  }

  private static final int MOST = 1024;
  private static final int MOST_EXACT = 65_536;

  private record Purge(long number, Selection of, boolean soft) {}

  private final Deque<Purge> latest = new ArrayDeque<>();

  /** Those of one key, which every request that changes something makes. */
  private final Map<Key, Long> exact = new LinkedHashMap<>();

  private final SortedSet<Long> underWay = new TreeSet<>();
  private long forgotten;
  private volatile long count;
  private volatile long settled;

  /** The number of purges so far: taken before a request goes out. */
  long count() {
    return count;
  }

  /** Up to which number all are carried out on the disk too: taken before it is read. */
  long settled() {
    return settled;
  }

  /** Remembers a purge, whose number it returns; from now on {@link #since} knows it. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // under the lock
  synchronized long add(Selection of, boolean soft) {
    long number = ++count;
    underWay.add(number);
    if (of instanceof Selection.Exact(Key key) && !soft) {
      exact.remove(key);
      exact.put(key, number);
      forgetExact();
    } else {
      latest.addLast(new Purge(number, of, soft));
      if (latest.size() > MOST) {
        forgotten = Math.max(forgotten, latest.removeFirst().number());
      }
    }
    return number;
  }

  private void forgetExact() {
    if (exact.size() > MOST_EXACT) {
      Iterator<Long> numbers = exact.values().iterator();
      forgotten = Math.max(forgotten, numbers.next());
      numbers.remove();
    }
  }

  /** The purge of that number is carried out everywhere. */
  synchronized void settle(long number) {
    underWay.remove(number);
    settled = underWay.isEmpty() ? count : underWay.first() - 1;
  }

  /** What the purges after number {@code since} mean for a response. */
  Mark since(long since, Key key, StoredResponse response) {
    return since == count ? Mark.NONE : judge(since, key, response);
  }

  private synchronized Mark judge(long since, Key key, StoredResponse response) {
    if (since < forgotten || exact.getOrDefault(key, 0L) > since) {
      return Mark.HARD;
    }
    Mark mark = Mark.NONE;
    for (Iterator<Purge> each = latest.descendingIterator(); each.hasNext(); ) {
      Purge purge = each.next();
      if (purge.number() <= since) {
        break;
      }
      if (purge.of().means(key, response)) {
        if (!purge.soft()) {
          return Mark.HARD;
        }
        mark = Mark.SOFT;
      }
    }
    return mark;
  }
}
