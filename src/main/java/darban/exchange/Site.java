package darban.exchange;

import darban.exchange.Match.PathRule;
import darban.http.RequestHead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a site in their order: the first that takes a request has it. Where there are many,
 * those of an exact path or a folder are looked up by it, and only the others are tried one by one.
 * Immutable; one per event loop.
 */
final class Site {
  static final Site NONE = new Site(List.of());

  /** So many are tried faster than looked up. */
  private static final int FEW = 8;

  private final List<Route> routes;
  // Of each, where they stand among the routes, in order.
  private final Map<String, List<Integer>> exact = new HashMap<>();
  private final Map<String, List<Integer>> folders = new HashMap<>();
  private final List<Integer> others = new ArrayList<>();

  Site(List<Route> routes) {
    this.routes = List.copyOf(routes);
    for (int i = 0; i < routes.size(); i++) {
      PathRule path = routes.size() <= FEW ? PathRule.Any.ANY : routes.get(i).match().path();
      List<Integer> alike =
          switch (path) {
            case PathRule.Exact(String wanted) ->
                exact.computeIfAbsent(wanted, key -> new ArrayList<>());
            case PathRule.Prefix(String prefix) ->
                folders.computeIfAbsent(prefix, key -> new ArrayList<>());
            case PathRule.Any any -> others;
            case PathRule.Regex regex -> others;
          };
      alike.add(i);
    }
  }

  /** The route for a request come by {@code listener}, or {@link Route#NONE}. */
  Route find(RequestHead head, String listener) {
    String path = head.routingPath();
    int first = routes.size();
    if (!exact.isEmpty()) {
      first = first(exact.get(path), first, head, path, listener);
    }
    if (!folders.isEmpty()) {
      for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
        first = first(folders.get(path.substring(0, end + 1)), first, head, path, listener);
      }
      if (!path.endsWith("/")) {
        first = first(folders.get(path + "/"), first, head, path, listener);
      }
    }
    first = first(others, first, head, path, listener);
    return first < routes.size() ? routes.get(first) : Route.NONE;
  }

  /** The first of the candidates that takes the request, if it stands before {@code limit}. */
  private int first(
      @Nullable List<Integer> candidates,
      int limit,
      RequestHead head,
      String path,
      String listener) {
    if (candidates == null) {
      return limit;
    }
    for (int i = 0; i < candidates.size() && candidates.get(i) < limit; i++) {
      if (routes.get(candidates.get(i)).match().takes(head, path, listener)) {
        return candidates.get(i);
      }
    }
    return limit;
  }
}
