package darban.media.hls;

import java.util.Locale;

/**
 * What becomes of the addresses in a playlist. Asked only for those that a player fetches over
 * HTTP: relative ones and those of {@code http} and {@code https}; keys of a rights system ({@code
 * skd:}) and data in place ({@code data:}) stay as they are.
 */
@FunctionalInterface
public interface UriRewrite {
  /** The address to stand in place of {@code uri}, in which variables have been replaced. */
  String rewritten(UriUse use, String uri);

  /** A line that is an address. */
  default Line of(Line.Uri line, UriUse use, Variables variables) {
    String uri = line.uri();
    String changed = changed(use, uri, variables);
    return changed.equals(uri) ? line : new Line.Uri(HlsPlaylist.encoded(changed));
  }

  /** A tag that may have addresses. */
  default Line.Tag of(Line.Tag tag, Variables variables) {
    Line.Tag changed = tag;
    for (UriUse.Place place : UriUse.places(tag.name())) {
      String uri = changed.attributes().text(place.name());
      if (!uri.isEmpty()) {
        String other = changed(place.use(), uri, variables);
        changed =
            other.equals(uri)
                ? changed
                : changed.with(changed.attributes().replaced(place.name(), other));
      }
    }
    return changed;
  }

  private String changed(UriUse use, String uri, Variables variables) {
    String whole = variables.replacedIn(uri);
    return fetched(whole) ? rewritten(use, whole) : uri;
  }

  /** Whether a player fetches an address over HTTP. */
  private static boolean fetched(String uri) {
    int end = 0;
    while (end < uri.length() && ":/?#".indexOf(uri.charAt(end)) < 0) {
      end++;
    }
    if (end == uri.length() || uri.charAt(end) != ':') {
      return true;
    }
    String scheme = uri.substring(0, end).toLowerCase(Locale.ROOT);
    return scheme.equals("http") || scheme.equals("https");
  }
}
