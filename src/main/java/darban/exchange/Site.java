package darban.exchange;

import darban.exchange.Match.PathRule;
import darban.http.RequestHead;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayList;
import java.util.List;
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
  // Where they stand among the routes, in order; by the hash of what the path is or begins with.
  private final IntObjectMap<List<Integer>> exact = new IntObjectHashMap<>();
  private final IntObjectMap<List<Integer>> folders = new IntObjectHashMap<>();
  private final List<Integer> others = new ArrayList<>();

  Site(List<Route> routes) {
    this.routes = List.copyOf(routes);
    for (int i = 0; i < routes.size(); i++) {
      PathRule path = routes.size() <= FEW ? PathRule.Any.ANY : routes.get(i).match().path();
      List<Integer> alike =
          switch (path) {
            case PathRule.Exact(String wanted) -> alike(exact, wanted);
            case PathRule.Prefix(String prefix) -> alike(folders, prefix);
            case PathRule.Any any -> others;
            case PathRule.Regex regex -> others;
          };
      alike.add(i);
    }
  }

  private static List<Integer> alike(IntObjectMap<List<Integer>> by, String text) {
    return by.computeIfAbsent(text.hashCode(), hash -> new ArrayList<>());
  }

  /** The route for a request come by {@code listener}, or {@link Route#NONE}. */
  Route find(RequestHead head, String listener) {
    String path = head.routingPath();
    int first = routes.size();
    if (routes.size() > FEW) {
      // The hash of each beginning, as String has it, without making strings of them.
      int hash = 0;
      for (int i = 0; i < path.length(); i++) {
        hash = 31 * hash + path.charAt(i);
        if (path.charAt(i) == '/') {
          first = first(folders.get(hash), first, head, path, listener);
        }
      }
      first = first(exact.get(hash), first, head, path, listener);
      // The folder itself.
      first = first(folders.get(31 * hash + '/'), first, head, path, listener);
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
