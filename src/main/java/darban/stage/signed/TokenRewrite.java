package darban.stage.signed;

import darban.media.dash.DashRewrite;
import darban.media.dash.ManifestCopy;
import darban.media.edge.ManifestKind;
import darban.media.hls.HlsPlaylist;
import darban.media.hls.UriRewrite;
import darban.media.hls.Variables;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Set;

/**
 * Puts a token into the addresses of a manifest: those of this host and of those that check tokens
 * too, so that no other learns it. Pure.
 *
 * @param parameter as a query has it: name and value
 * @param hosts that may learn it, with their ports where these are told
 * @param query of the manifest's own address, without the token
 * @param relative whether relative addresses need it too: a token of the path goes with them
 */
record TokenRewrite(String parameter, Set<String> hosts, String query, boolean relative) {
  byte[] changed(ManifestKind kind, byte[] manifest) {
    ByteBuffer bytes = ByteBuffer.wrap(manifest);
    if (kind == ManifestKind.DASH) {
      DashRewrite rules = (use, uri) -> with(uri);
      return ManifestCopy.rewritten(bytes, rules);
    }
    HlsPlaylist playlist = HlsPlaylist.read(bytes);
    UriRewrite rules = (use, uri) -> with(uri);
    return playlist.rewritten(rules, Variables.of(playlist, query, Variables.NONE)).bytes();
  }

  /** The address with the token; as it is where another host would get it. */
  String with(String uri) {
    boolean has = uri.contains("/" + parameter + "/");
    if (has || !isHere(uri) || (!relative && isRelative(uri))) {
      return uri;
    }
    int fragment = uri.indexOf('#');
    String bare = fragment < 0 ? uri : uri.substring(0, fragment);
    String rest = fragment < 0 ? "" : uri.substring(fragment);
    int mark = bare.indexOf('?');
    String join = mark < 0 ? "?" : mark == bare.length() - 1 ? "" : "&";
    return bare + join + parameter + rest;
  }

  private static boolean isRelative(String uri) {
    int colon = uri.indexOf(':');
    int slash = uri.indexOf('/');
    return slash != 0 && (colon < 0 || (slash >= 0 && slash < colon));
  }

  private boolean isHere(String uri) {
    // Browsers take a backslash for a slash, and white space before an address for nothing.
    String text = uri.strip().replace('\\', '/');
    int colon = text.indexOf(':');
    int slash = text.indexOf('/');
    boolean scheme = colon > 0 && (slash < 0 || colon < slash);
    if (scheme) {
      String name = text.substring(0, colon).toLowerCase(Locale.ROOT);
      if (!name.equals("http") && !name.equals("https")) {
        return false;
      }
      text = text.substring(colon + 1);
    }
    if (!text.startsWith("//")) {
      return !scheme;
    }
    int end = 2;
    while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return hosts.contains(text.substring(2, end).toLowerCase(Locale.ROOT));
  }
}
