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

  /** From the one of that number on; the newest alone when there is no such one. */
  synchronized List<Timeline> since(long serial) {
    List<Timeline> known = List.copyOf(all);
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i).serial() == serial) {
        return known.subList(i, known.size());
      }
    }
    return known.subList(Math.max(0, known.size() - 1), known.size());
  }
}
