package darban.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import darban.base.Ticker;
import java.time.Duration;

/**
 * Which answers turned out to be for one client only, so that nobody waits in vain for the next: by
 * key, and by folder for keys that are new. Any thread.
 */
final class LoneKeys {
  /** How long an answer counts. */
  private static final Duration MEMORY = Duration.ofMinutes(2);

  private static final long MOST = 100_000;

  /** So many lone answers in a row within a folder, and new keys there are lone too. */
  private static final int CONVINCING = 8;

  private final Cache<Key, Boolean> keys;
  private final Cache<String, Integer> folders;

  LoneKeys(Ticker ticker) {
    keys = cache(ticker);
    folders = cache(ticker);
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
    Integer inFolder = folders.getIfPresent(folder(key));
    return inFolder != null && inFolder >= CONVINCING;
  }

  void lone(Key key) {
    keys.put(key, true);
    folders.asMap().merge(folder(key), 1, (before, one) -> Math.min(before + one, CONVINCING));
  }

  void shared(Key key) {
    keys.asMap().computeIfPresent(key, (same, lone) -> false);
    folders.invalidate(folder(key));
  }

  private static String folder(Key key) {
    String uri = key.cache().uri();
    int query = uri.indexOf('?');
    int slash = uri.lastIndexOf('/', query < 0 ? uri.length() : query);
    return key.space() + ' ' + uri.substring(0, slash + 1);
  }
}
