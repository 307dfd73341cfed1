package darban.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.http.Fields;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvalidationTest {
  private static final CacheKey KEY = new CacheKey("http://a.test/d/e x-one=1");

  private static Optional<Invalidation> of(String method, int status, String fields) {
    return Invalidation.of(
        Messages.request(method, "/d/e", Fields.NONE),
        KEY,
        Messages.response(status, fields, 0),
        CachePolicy.Key.DEFAULT);
  }

  @ParameterizedTest(name = "RFC 9111 §4.4 {0} answered {1}")
  @CsvSource({
    "POST, 200, true", "POST, 201, true", "POST, 303, true", "POST, 500, false",
    "POST, 404, false", "PUT, 204, true", "PUT, 500, false", "DELETE, 200, true",
    "DELETE, 500, false", "PATCH, 200, true", "M-SEARCH, 200, true", "M-SEARCH, 500, false",
    "get, 200, true", "GET, 200, false", "HEAD, 200, false", "OPTIONS, 200, false",
    "TRACE, 200, false", "PROPFIND, 207, false", "CONNECT, 200, false"
  })
  void methodAndStatus(String method, int status, boolean invalidates) {
    Optional<Invalidation> expected =
        invalidates
            ? Optional.of(new Invalidation(Set.of("http://a.test/d/e"), "http://a.test", Set.of()))
            : Optional.empty();
    assertEquals(expected, of(method, status, ""));
  }

  @Test
  void locations_ofTheSameOrigin() {
    Invalidation what =
        of("POST", 201, "Location: new?x & Content-Location: http://A.test:80/c").orElseThrow();
    assertEquals(
        Set.of("http://a.test/d/e", "http://a.test/d/new?x", "http://a.test/c"), what.uris());
    assertEquals(
        Set.of("http://a.test/d/e"),
        of("POST", 201, "Location: http://b.test/ & Content-Location: https://a.test/c")
            .orElseThrow()
            .uris(),
        "RFC 9111 §4.4: not of another origin");
  }

  @Test
  void groups_ofUnsafeMethodsOnly() {
    String fields = "Cache-Group-Invalidation: \"x\";p, \"y\" & Cache-Group-Invalidation: \"z\"";
    assertEquals(Set.of("x", "y", "z"), of("POST", 200, fields).orElseThrow().groups());
    assertEquals(Optional.empty(), of("GET", 200, fields), "RFC 9875 §3");
    assertEquals(Set.of(), of("POST", 200, "Cache-Group-Invalidation: x").orElseThrow().groups());
  }

  @Test
  void groups_reachWhatIsStored_ofTheirOrigin() {
    Simulation cache = new Simulation(CachePolicy.DEFAULT);
    for (String path : new String[] {"/1", "/2"}) {
      String groups = path.equals("/1") ? "\"x\", \"y\"" : "\"y\"";
      String fields = "Cache-Control: max-age=9 & Cache-Groups: " + groups;
      cache.request("GET", path, Fields.NONE, head -> Messages.response(200, fields, cache.now()));
    }
    cache.request(
        "POST",
        "/3",
        Fields.NONE,
        head -> Messages.response(200, "Cache-Group-Invalidation: \"x\"", cache.now()));
    assertEquals(0, cache.stored("/1").size());
    assertEquals(1, cache.stored("/2").size());
  }
}
