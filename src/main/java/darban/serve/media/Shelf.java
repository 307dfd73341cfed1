package darban.serve.media;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Films that were asked for of late, up to a weight; those not asked for longest go first. Any
 * thread; what it keeps is memory only, so nobody closes it.
 */
final class Shelf {
  private final long most;
  private final Map<String, Film> films = new LinkedHashMap<>(16, 0.75f, true);
  private long weight;

  /** A shelf for so many bytes. */
  Shelf(long most) {
    this.most = most;
  }

  /** The film of that file, unless the file has changed since it was put here. */
  synchronized @Nullable Film get(String key, Film.Stamp stamp) {
    Film film = films.get(key);
    return film != null && film.stamp().fits(stamp) ? film : null;
  }

  /** Puts a film in the place of an older one of that file. One that is too heavy is not kept. */
  synchronized void put(String key, Film film) {
    Film before = films.remove(key);
    weight -= before == null ? 0 : before.weight();
    if (film.weight() > most) {
      return;
    }
    films.put(key, film);
    weight += film.weight();
    for (Iterator<Film> oldest = films.values().iterator(); weight > most; ) {
      weight -= oldest.next().weight();
      oldest.remove();
    }
  }

  /** Bytes that it keeps, about. */
  synchronized long weight() {
    return weight;
  }
}
