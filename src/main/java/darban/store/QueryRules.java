package darban.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import darban.caching.NoVarySearch;
import darban.caching.StoredResponse;

/**
 * What responses said of the queries that do not matter to them (No-Vary-Search), by the key
 * without its query. Any thread.
 */
final class QueryRules {
  private static final long MOST = 10_000;

  private final Cache<Key, NoVarySearch> rules =
      Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

  private volatile boolean none = true;

  /** The key that a response to a request is found under, by what earlier ones said. */
  Key canonical(Key asked) {
    if (none) {
      return asked;
    }
    NoVarySearch rule = rules.getIfPresent(withoutQuery(asked));
    return rule == null ? asked : canonical(asked, rule);
  }

  /** The key that this response is found under from now on. */
  Key learn(Key asked, StoredResponse response) {
    NoVarySearch rule = NoVarySearch.of(response.fields()).orElse(null);
    if (rule == null) {
      return asked;
    }
    rules.put(withoutQuery(asked), rule);
    none = false;
    return canonical(asked, rule);
  }

  private static Key canonical(Key key, NoVarySearch rule) {
    String query = rule.canonical(key.cache().query());
    return new Key(key.cache().withQuery(query.isEmpty() ? null : query), key.space());
  }

  private static Key withoutQuery(Key key) {
    return new Key(key.cache().withQuery(null), key.space());
  }
}
