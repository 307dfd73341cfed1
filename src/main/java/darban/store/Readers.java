package darban.store;

import java.util.ArrayList;
import java.util.List;

/** Who reads a content. Guarded by the content's lock. */
final class Readers {
  private List<ContentReader> all = List.of();

  void add(ContentReader reader) {
    all = all.isEmpty() ? new ArrayList<>(2) : all;
    all.add(reader);
  }

  void remove(ContentReader reader) {
    if (!all.isEmpty() && all.remove(reader) && all.isEmpty()) {
      all = List.of();
    }
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Those there are now. */
  List<ContentReader> now() {
    return List.copyOf(all);
  }

  /** Where the one is that got furthest of those who need what a feed brings; -1 for nobody. */
  long fastestOf(Progress feed) {
    long most = -1;
    for (ContentReader reader : all) {
      if (feed.isFor(reader.position())) {
        most = Math.max(most, reader.position());
      }
    }
    return most;
  }

  /** Where the last of those is who read what a feed holds; {@link Long#MAX_VALUE} for nobody. */
  long slowestIn(Progress feed) {
    long least = Long.MAX_VALUE;
    for (ContentReader reader : all) {
      if (feed.serves(reader.position())) {
        least = Math.min(least, reader.position());
      }
    }
    return least;
  }

  /** Where the last of those is whom a feed must serve; {@link Long#MAX_VALUE} for nobody. */
  long slowestOf(Progress feed) {
    long least = Long.MAX_VALUE;
    for (ContentReader reader : all) {
      // Whom it serves no more can have it otherwise, unless there is nothing else.
      if (!feed.resumable() || feed.serves(reader.position())) {
        least = Math.min(least, reader.position());
      }
    }
    return least;
  }
}
