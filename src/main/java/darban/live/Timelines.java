package darban.live;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The timelines of a stream, the newest last; the oldest go. Any thread. */
final class Timelines {
  private static final int MOST = 64;

  private final Deque<Timeline> all = new ArrayDeque<>();

  /** The one that what comes now is on; null before anything came. */
  synchronized @Nullable Timeline newest() {
    return all.peekLast();
  }

  /** What comes from now on is on this one. */
  synchronized Timeline begin(Timeline next) {
    all.add(next);
    if (all.size() > MOST) {
      all.removeFirst();
    }
    return next;
  }

  /** Whether one is forgotten: it was before all that are known. */
  synchronized boolean isBefore(long serial) {
    return all.isEmpty() || serial < all.getFirst().serial();
  }

  /** From that one on, of those that are known; the newest alone for who knows none. */
  synchronized List<Timeline> since(Directives.@Nullable Since asked) {
    List<Timeline> later = since(asked == null ? Long.MAX_VALUE : asked.timeline());
    return later.isEmpty() && !all.isEmpty() ? List.of(all.getLast()) : later;
  }

  /** From the one of that number on. */
  synchronized List<Timeline> since(long serial) {
    return all.stream().filter(each -> each.serial() >= serial).toList();
  }
}
