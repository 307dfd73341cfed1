package darban.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.exchange.Match.PathRule;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Target;
import darban.http.Version;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looked up or tried one after another: the route is the same. */
class SiteTest {
  private static final List<String> RULES =
      List.of("/", "/a", "/b", "/a/", "/a/b", "/a/*", "/b/*", "/a/b/*", "/a/b/a/*", "~/a.*", "*");
  private static final List<String> PATHS =
      List.of(
          "/",
          "/a",
          "/b",
          "/c",
          "/a/",
          "/a/b",
          "/a/b/",
          "/a/b/a",
          "/a/b/a/x",
          "/b/x",
          "/ab",
          "/c/a/b");

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 9, 10, 30, 300})
  void find_anyRoutesInAnyOrder_theFirstThatTakesIt(int many) {
    Random random = new Random(many);
    Set<String> found = new HashSet<>();
    for (int round = 0; round < 200; round++) {
      List<Route> routes =
          IntStream.range(0, many)
              .mapToObj(i -> route(Integer.toString(i), random))
              .collect(Collectors.toCollection(ArrayList::new));
      Site site = new Site(routes);
      for (String path : PATHS) {
        RequestHead head =
            new RequestHead(
                Version.HTTP_1_1, Method.GET, Target.origin(path), "a.example", Fields.NONE, null);
        String first =
            routes.stream()
                .filter(each -> each.match().takes(head, head.routingPath(), "web"))
                .map(Route::service)
                .findFirst()
                .orElse("-");
        assertEquals(first, site.find(head, "web").service(), () -> path + " of " + routes);
        found.add(first);
      }
    }
    assertTrue(found.size() > Math.min(many, 9), "routes were found and not found");
  }

  /** Any rule, one of three only for another listener. */
  private static Route route(String label, Random random) {
    Set<String> listeners = random.nextInt(3) == 0 ? Set.of("other") : Set.of();
    PathRule path = PathRule.parse(RULES.get(random.nextInt(RULES.size())));
    Match match = new Match(path, Set.of(), Map.of(), Map.of(), listeners);
    return new Route("*", label, match, Pipeline.of(Map.of(), each -> Future.failedFuture("")));
  }
}
