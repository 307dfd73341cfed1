package darban.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.exchange.Match.PathRule;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Target;
import darban.http.Version;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which route a request takes: by its host, and there by what the first that matches asks. */
class RoutesTest {
  private static RequestHead head(String method, String authority, String path, Fields fields) {
    return new RequestHead(
        Version.HTTP_1_1, Method.of(method), Target.origin(path), authority, fields, null);
  }

  private static Route route(String site, String label, Match match) {
    return new Route(site, label, match, Pipeline.of(Map.of(), each -> Future.failedFuture("")));
  }

  private static final Routes SITES = sites(List.of("www.example", "*.example", "*.b.example"));
  private static final Routes ALL_SITES = sites(List.of("www.example", "*.b.example", "*"));

  private static Routes sites(List<String> hosts) {
    Map<String, List<Route>> sites = new LinkedHashMap<>();
    hosts.forEach(host -> sites.put(host, List.of(route(host, "service", Match.ALL))));
    return new Routes(sites);
  }

  @ParameterizedTest
  @CsvSource({
    "www.example, www.example, www.example",
    "www.example:8443, www.example, www.example",
    "WWW.Example, www.example, www.example",
    "www.example., www.example, www.example",
    "a.example, *.example, *",
    "a.b.example, *.b.example, *.b.example",
    "a.c.b.example, *.b.example, *.b.example",
    "b.example, *.example, *",
    "example, -, *",
    "xexample, -, *",
    "other.test, -, *",
    "127.0.0.1:80, -, *",
    "[::1]:80, -, *",
    "'', -, *",
  })
  void host_exactBeatsSuffix_theLongestFirst_beatsAll(
      String authority, String site, String withStar) {
    RequestHead head = head("GET", authority, "/", Fields.NONE);
    assertEquals(site, SITES.find(head, "web").site());
    assertEquals(withStar, ALL_SITES.find(head, "web").site());
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a, true",
    "/a, /a/, false",
    "/a, /A, false",
    "/a, /a?b, true",
    "/a/*, /a/b, true",
    "/a/*, /a/, true",
    "/a/*, /a, true",
    "/a/*, /ab, false",
    "/a/*, /, false",
    "/a/*, /x/../a/b, true",
    "/a/*, /a/../b, false",
    "/a/*, /%61/b, true",
    "/*, /any/thing, true",
    "*, /, true",
    "~/v[0-9]+/.*, /v12/x, true",
    "~/v[0-9]+/.*, /v/x, false",
    "~/v[0-9]+, /v1/x, false",
  })
  void path_exactPrefixOrRegex_withoutDotSegments(String rule, String path, boolean taken) {
    Match match = new Match(PathRule.parse(rule), Set.of(), Map.of(), Map.of(), Set.of());
    RequestHead head = head("GET", "a.example", path, Fields.NONE);
    assertEquals(taken, match.takes(head, head.routingPath(), "web"), path);
  }

  /** All that a match may ask: GET or POST, two fields, two parameters, one of two listeners. */
  private static final Match STRICT =
      new Match(
          PathRule.parse("*"),
          Set.of(Method.GET, Method.POST),
          Map.of(FieldName.of("X-Beta"), "1", FieldName.of("X-Two"), "b"),
          Map.of("p", "1", "q", ""),
          Set.of("web", "plain"));

  @ParameterizedTest
  @CsvSource({
    "GET, web, /?p=1&q=, 1, b, true",
    "POST, plain, /?q=&x=2&p=1, 1, b, true",
    "PUT, web, /?p=1&q=, 1, b, false",
    "GET, other, /?p=1&q=, 1, b, false",
    "GET, web, /?p=1, 1, b, false",
    "GET, web, /?p=11&q=, 1, b, false",
    "GET, web, /, 1, b, false",
    "GET, web, /?p=1&q=, 2, b, false",
    "GET, web, /?p=1&q=, 1, B, false",
  })
  void match_everyConditionMustHold(
      String method, String listener, String path, String beta, String two, boolean taken) {
    Fields fields =
        Fields.builder(3)
            .add(FieldName.of("x-beta"), "0")
            .add(FieldName.of("x-beta"), beta)
            .add(FieldName.of("x-two"), two)
            .build();
    RequestHead head = head(method, "a.example", path, fields);
    assertEquals(taken, STRICT.takes(head, head.routingPath(), listener));
  }

  @ParameterizedTest
  @CsvSource({"/a, first", "/b, second", "/c, -"})
  void routes_theFirstThatTakesIt(String path, String label) {
    Match exact = new Match(PathRule.parse("/a"), Set.of(), Map.of(), Map.of(), Set.of());
    Match either = new Match(PathRule.parse("~/[ab]"), Set.of(), Map.of(), Map.of(), Set.of());
    Routes routes =
        new Routes(Map.of("*", List.of(route("*", "first", exact), route("*", "second", either))));
    assertEquals(label, routes.find(head("GET", "h", path, Fields.NONE), "web").service());
  }
}
