package darban.caching;

import darban.http.Paths;
import java.util.Locale;
import java.util.Optional;

/** References of Location and Content-Location (RFC 3986 §5.2). */
final class Reference {
  private Reference() {}

  /**
   * Path and query that {@code reference} means.
   *
   * @param base the URI it is relative to
   * @param origin of {@code base}
   * @return empty where it means something of another origin
   */
  static Optional<String> resolve(String base, String origin, String reference) {
    int fragment = reference.indexOf('#');
    String text = fragment < 0 ? reference : reference.substring(0, fragment);
    int colon = text.indexOf(':');
    if (colon > 0 && isScheme(text, colon)) {
      String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
      return text.startsWith("//", colon + 1)
          ? ofAuthority(scheme, text.substring(colon + 3), origin)
          : Optional.empty();
    }
    if (text.startsWith("//")) {
      return ofAuthority(origin.substring(0, origin.indexOf(':')), text.substring(2), origin);
    }
    String path = base.substring(origin.length());
    int query = path.indexOf('?');
    String pathOnly = query < 0 ? path : path.substring(0, query);
    if (text.isEmpty()) {
      return Optional.of(path);
    }
    return Optional.of(
        switch (text.charAt(0)) {
          case '/' -> withoutDots(text);
          case '?' -> pathOnly + text;
          default -> withoutDots(pathOnly.substring(0, pathOnly.lastIndexOf('/') + 1) + text);
        });
  }

  private static Optional<String> ofAuthority(String scheme, String rest, String origin) {
    int end = 0;
    while (end < rest.length() && "/?".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    String path = rest.substring(end);
    return CacheKey.origin(scheme, rest.substring(0, end)).equals(origin)
        ? Optional.of(withoutDots(path.startsWith("/") ? path : "/" + path))
        : Optional.empty();
  }

  private static String withoutDots(String target) {
    int query = target.indexOf('?');
    return query < 0
        ? Paths.normalized(target)
        : Paths.normalized(target.substring(0, query)) + target.substring(query);
  }

  private static boolean isScheme(String text, int end) {
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && (i == 0 || ("+-.".indexOf(c) < 0 && (c < '0' || c > '9')))) {
        return false;
      }
    }
    return true;
  }
}
