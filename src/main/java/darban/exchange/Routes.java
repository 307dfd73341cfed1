package darban.exchange;

import darban.base.HostPort;
import darban.http.RequestHead;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sites of a listener: a request goes to the site of its host, there to the first route that
 * takes it. An exact host beats {@code *.example} (whose star is one or more labels, the longest
 * suffix first), which beats {@code *}. Immutable; one per event loop.
 */
public final class Routes {
  private final Map<String, Site> exact = new HashMap<>();
  private final Map<String, Site> bySuffix = new HashMap<>();
  private Site fallback = Site.NONE;

  /** The sites by host pattern: {@code example.com}, {@code *.example.com} or {@code *}. */
  public Routes(Map<String, List<Route>> sites) {
    sites.forEach((host, routes) -> {
      Site site = new Site(routes);
      if (host.equals("*")) {
        fallback = site;
      } else if (host.startsWith("*.")) {
        bySuffix.put(host.substring(1), site);
      } else {
        exact.put(host, site);
      }
    });
  }

  /** The route for a request, or {@link Route#NONE}. */
  public Route find(RequestHead head, String listener) {
    return site(head.authority()).find(head, listener);
  }

  private Site site(String authority) {
    if (exact.isEmpty() && bySuffix.isEmpty()) {
      return fallback;
    }
    Optional<HostPort> parsed = HostPort.parse(authority);
    if (parsed.isEmpty()) {
      return fallback;
    }
    String named = parsed.get().host();
    // The root that every name ends in may be written (RFC 1034 §3.1).
    String host = named.endsWith(".") ? named.substring(0, named.length() - 1) : named;
    Site found = exact.get(host);
    if (found != null) {
      return found;
    }
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      found = bySuffix.get(host.substring(dot));
      if (found != null) {
        return found;
      }
    }
    return fallback;
  }
}
