package darban.store.disk;

import java.util.ArrayList;
import java.util.List;

/**
 * Purges that are not seen in all rows yet. They take effect at once, by what every lookup asks
 * here; then the rows are looked through, and the purge is forgotten. Any thread.
 */
final class Purges {
  /** Beyond so many at once all is purged, rather than to remember them all. */
  private static final int MOST = 1000;

  private volatile List<Purge> active = List.of();

  /** Takes a purge up; what is to be done, which may be more. */
  synchronized Purge add(Purge asked) {
    if (active.contains(asked)) {
      // Journals name it anew for as long as it is under way.
      return asked;
    }
    Purge purge = asked;
    if (active.size() >= MOST) {
      purge = new Purge(new byte[0], asked.before(), active.stream().allMatch(Purge::soft));
    }
    List<Purge> more = new ArrayList<>(active);
    more.add(purge);
    active = List.copyOf(more);
    return purge;
  }

  /** Forgets a purge. */
  synchronized void done(Purge purge) {
    List<Purge> fewer = new ArrayList<>(active);
    fewer.remove(purge);
    active = List.copyOf(fewer);
  }

  /** Those under way. */
  List<Purge> active() {
    return active;
  }

  /** Whether an entry, of which the key is not at hand, is purged for sure. */
  boolean meansAll(long id, boolean softly) {
    for (Purge each : active) {
      if (each.meansAll() && each.soft() == softly && id < each.before()) {
        return true;
      }
    }
    return false;
  }

  /** Whether an entry with this key is purged. */
  boolean means(long id, byte[] key, boolean softly) {
    for (Purge each : active) {
      if (each.soft() == softly && each.means(id, key)) {
        return true;
      }
    }
    return false;
  }
}
