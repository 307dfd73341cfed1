package darban.caching;

import static darban.caching.Directives.ABSENT;

import darban.http.FieldName;
import darban.http.Fields;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a request asks of caches (RFC 9111 §5.2.1, RFC 5861 §4). */
final class RequestDirectives {
  /** Asks for nothing. */
  static final RequestDirectives NONE = new RequestDirectives();

  private boolean noStore;
  private boolean noCache;
  private boolean onlyIfCached;
  private long maxAge = ABSENT;
  private long minFresh = ABSENT;
  private long maxStale = ABSENT;
  private long staleIfError = ABSENT;

  private RequestDirectives() {}

  static RequestDirectives of(Fields fields, CachePolicy.Requests policy) {
    if (!policy.directives()) {
      return NONE;
    }
    if (!fields.has(FieldName.CACHE_CONTROL)) {
      return policy.pragma() && pragmaNoCache(fields) ? pragma() : NONE;
    }
    RequestDirectives directives = new RequestDirectives();
    Directives.read(fields, FieldName.CACHE_CONTROL, directives::directive);
    return directives;
  }

  /** RFC 9111 §5.4: counts only where there is no Cache-Control. */
  private static boolean pragmaNoCache(Fields fields) {
    String pragma = fields.get(FieldName.PRAGMA);
    return pragma != null && pragma.toLowerCase(Locale.ROOT).contains("no-cache");
  }

  private static RequestDirectives pragma() {
    RequestDirectives directives = new RequestDirectives();
    directives.noCache = true;
    return directives;
  }

  private void directive(String name, @Nullable String argument) {
    switch (name) {
      case "no-store" -> noStore = true;
      case "no-cache" -> noCache = true;
      case "only-if-cached" -> onlyIfCached = true;
      // A number that is none asks for the strictest.
      case "max-age" -> maxAge = Math.max(0, Directives.seconds(argument));
      case "min-fresh" ->
          minFresh =
              Directives.seconds(argument) == ABSENT
                  ? Directives.MOST_SECONDS
                  : Directives.seconds(argument);
      case "max-stale" ->
          maxStale =
              argument == null
                  ? Directives.MOST_SECONDS
                  : Math.max(0, Directives.seconds(argument));
      case "stale-if-error" -> staleIfError = Math.max(0, Directives.seconds(argument));
      default -> {
        // no-transform and whatever else does not concern reuse.
      }
    }
  }

  boolean noStore() {
    return noStore;
  }

  boolean noCache() {
    return noCache;
  }

  boolean onlyIfCached() {
    return onlyIfCached;
  }

  /** Seconds, or {@link Directives#ABSENT}. */
  long maxAge() {
    return maxAge;
  }

  /** Seconds, or {@link Directives#ABSENT}. */
  long minFresh() {
    return minFresh;
  }

  /** Seconds, or {@link Directives#ABSENT}. */
  long maxStale() {
    return maxStale;
  }

  /** Seconds, or {@link Directives#ABSENT}. */
  long staleIfError() {
    return staleIfError;
  }
}
