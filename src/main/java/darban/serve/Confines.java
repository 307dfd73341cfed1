package darban.serve;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.SignedLink;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Paths;
import org.jspecify.annotations.Nullable;

/**
 * How far pages may lead: who was let in by a signed link cannot go beyond what that is for, and
 * has the token in the path, so that relative addresses keep it. Pure.
 */
public final class Confines {
  private Confines() {}

  /**
   * How many folders there are from a page up to the highest that may be seen.
   *
   * @param depth how many there are to the site's own
   */
  public static int depth(Exchange exchange, int depth) {
    SignedLink link = exchange.link();
    if (link == null) {
      return depth;
    }
    String path = Paths.comparable(exchange.request().target().pathOnly());
    String below = path.startsWith(link.folder()) ? path.substring(link.folder().length()) : "";
    return Math.min(depth, (int) below.chars().filter(each -> each == '/').count());
  }

  /**
   * To where relative addresses keep the token; null if they do already.
   *
   * @param prefix of request paths that the site stands for, without a slash at its end
   */
  public static @Nullable Reply moved(Exchange exchange, String prefix) {
    SignedLink link = exchange.link();
    String path = exchange.request().target().pathOnly();
    if (link == null || link.stays() || !path.startsWith(prefix + "/")) {
      return null;
    }
    String query = exchange.request().target().query();
    String location =
        prefix
            + "/"
            + link.token()
            + path.substring(prefix.length())
            + (query == null ? "" : "?" + query);
    return Reply.empty(
        307,
        Fields.builder(3)
            .add(FieldName.LOCATION, location)
            .add(FieldName.CACHE_CONTROL, "private, no-cache")
            .build());
  }
}
