package darban.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import darban.base.Ticker;
import java.time.Duration;

/**
 * Which answers turned out to be for one client only, so that nobody waits in vain for the next: by
 * key, and for keys that are new by what lies in the same folder and is named alike. Playlists that
 * may not be kept say nothing of the segments beside them. Any thread.
 */
final class LoneKeys {
  /** How long an answer counts. */
  private static final Duration MEMORY = Duration.ofMinutes(2);

  private static final long MOST = 100_000;

  /** So many lone answers in a row, and new keys like theirs are lone too. */
  private static final int CONVINCING = 8;

  private final Cache<Key, Boolean> keys;
  private final Cache<String, Integer> kinds;

  LoneKeys(Ticker ticker) {
    keys = cache(ticker);
    kinds = cache(ticker);
  }

  private static <K, V> Cache<K, V> cache(Ticker ticker) {
    return Caffeine.newBuilder()
        .maximumSize(MOST)
        .expireAfterWrite(MEMORY)
        .ticker(ticker::nanos)
        .executor(Runnable::run)
        .build();
  }

  boolean contains(Key key) {
    Boolean known = keys.getIfPresent(key);
    if (known != null) {
      return known;
    }
    Integer ofKind = kinds.getIfPresent(kind(key));
    return ofKind != null && ofKind >= CONVINCING;
  }

  void lone(Key key) {
    keys.put(key, true);
    kinds.asMap().merge(kind(key), 1, (before, one) -> Math.min(before + one, CONVINCING));
  }

  void shared(Key key) {
    keys.asMap().computeIfPresent(key, (same, lone) -> false);
    kinds.invalidate(kind(key));
  }

  private static String kind(Key key) {
    String uri = key.cache().uri();
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    int name = path.lastIndexOf('/') + 1;
    int dot = path.lastIndexOf('.');
    String ending = dot < name ? "" : path.substring(dot);
    return key.space() + ' ' + path.substring(0, name) + ' ' + ending;
  }
}
