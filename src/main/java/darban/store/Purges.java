package darban.store;

import darban.caching.StoredResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiPredicate;

/**
 * The latest purges, kept in mind for what was under way meanwhile: a response that was asked for
 * before a purge and comes after it must not be stored either. Any thread.
 */
final class Purges {
  /** What a purge means for a response. */
  enum Mark {
    NONE,
    SOFT,
    HARD
  }

  private static final int REMEMBERED = 1024;

  private record Purge(long number, BiPredicate<Key, StoredResponse> of, boolean soft) {}

  private final Deque<Purge> latest = new ArrayDeque<>();
  private volatile long count;

  /** The number of purges so far: taken before a request goes out. */
  long count() {
    return count;
  }

  /** Remembers a purge; from now on {@link #since} knows it. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // under the lock
  synchronized void add(BiPredicate<Key, StoredResponse> of, boolean soft) {
    latest.addLast(new Purge(++count, of, soft));
    if (latest.size() > REMEMBERED) {
      latest.removeFirst();
    }
  }

  /** What the purges after number {@code since} mean for a response. */
  Mark since(long since, Key key, StoredResponse response) {
    return since == count ? Mark.NONE : judge(since, key, response);
  }

  private synchronized Mark judge(long since, Key key, StoredResponse response) {
    if (latest.getFirst().number() > since + 1) {
      // Too long ago to know.
      return Mark.HARD;
    }
    Mark mark = Mark.NONE;
    for (Purge purge : latest) {
      if (purge.number() > since && purge.of().test(key, response)) {
        if (!purge.soft()) {
          return Mark.HARD;
        }
        mark = Mark.SOFT;
      }
    }
    return mark;
  }
}
