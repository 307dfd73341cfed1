package darban.stage.cache;

import darban.caching.CacheKey;

/** What players add to the address of a playlist (RFC 8216bis §6.2.5). Any thread. */
final class Directive {
  private static final String PREFIX = "_HLS_";

  private Directive() {}

  /** Whether the address asks for a certain state of a playlist, which does not change any more. */
  static boolean isAwaited(CacheKey key) {
    String query = key.query();
    return query != null && (query.startsWith("_HLS_msn=") || query.contains("&_HLS_msn="));
  }

  /** Whether the address says anything of how it is asked for. */
  static boolean isDirected(CacheKey key) {
    String query = key.query();
    return query != null && (query.startsWith(PREFIX) || query.contains('&' + PREFIX));
  }

  /** The address without that: of the playlist itself. */
  static String undirected(CacheKey key) {
    String query = key.query();
    if (query == null || !query.contains(PREFIX)) {
      return key.uri();
    }
    StringBuilder kept = new StringBuilder();
    for (String parameter : query.split("&", -1)) {
      if (!parameter.startsWith(PREFIX)) {
        kept.append(kept.isEmpty() ? "" : "&").append(parameter);
      }
    }
    return key.withQuery(kept.isEmpty() ? null : kept.toString()).uri();
  }
}
