package darban.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.caching.CachePolicy.Admission;
import darban.caching.CachePolicy.Cookies;
import darban.http.FieldName;
import darban.http.Ranges;
import darban.http.RequestHead;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorabilityTest {
  private static final long NOW = 1_800_000_000_000L;

  private static Storability of(
      String method,
      @Nullable String request,
      int status,
      @Nullable String response,
      CachePolicy policy) {
    RequestHead head = Messages.request(method, "/a", Messages.fields(request, NOW));
    return Storability.of(
        head,
        CacheKey.of(head, "http", policy.key()),
        Messages.response(status, response, NOW),
        new Timing(NOW, NOW),
        policy);
  }

  private static CachePolicy with(Admission admission) {
    return new CachePolicy(
        CachePolicy.Times.DEFAULT,
        CachePolicy.Key.DEFAULT,
        CachePolicy.Requests.DEFAULT,
        admission);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          RFC 9111 §3 HEAD                 | HEAD | - | 200 | Cache-Control: max-age=9           | METHOD
          RFC 9111 §3 unknown method       | FOO  | - | 200 | Cache-Control: max-age=9           | METHOD
          RFC 9110 §9.3.3 POST             | POST | - | 200 | Cache-Control: max-age=9           | METHOD
          RFC 9110 §9.3.3 POST, elsewhere  | POST | - | 200 | Cache-Control: max-age=9 & Content-Location: /b | METHOD
          RFC 9110 §9.3.3 POST, implicit   | POST | - | 200 | Content-Location: /a & Last-Modified: {-999} | METHOD
          RFC 9111 §5.2.1.5 no-store       | GET | Cache-Control: no-store | 200 | Cache-Control: max-age=9 | REQUEST
          RFC 9111 §5.2.2.5 no-store       | GET | - | 200 | Cache-Control: no-store            | NO_STORE
          RFC 9111 §5.2.2.7 private        | GET | - | 200 | Cache-Control: private, max-age=9  | PRIVATE
          RFC 9111 §3.5 Authorization      | GET | Authorization: x | 200 | Cache-Control: max-age=9 | AUTHORIZATION
          RFC 9111 §4.1 Vary: *            | GET | - | 200 | Cache-Control: max-age=9 & Vary: * | VARY
          RFC 9111 §3 status says no       | GET | - | 599 | ETag: "a"                          | USELESS
          RFC 9111 §3 nothing said         | GET | - | 200 | -                                  | USELESS
          RFC 9111 §7.3 cookie, implicit   | GET | - | 200 | ETag: "a" & Set-Cookie: a=b        | COOKIE
          larger than allowed              | GET | - | 200 | ETag: "a" & Content-Length: 8589934593 | SIZE
          RFC 9111 §3.3 no Content-Range   | GET | - | 206 | ETag: "a" & Cache-Control: max-age=9 | PARTIAL
          RFC 9111 §3.3 weak tag           | GET | - | 206 | ETag: W/"a" & Content-Range: bytes 0-4/10 & Cache-Control: max-age=9 | PARTIAL
          RFC 9111 §3.3 no validator       | GET | - | 206 | Content-Range: bytes 0-4/10 & Cache-Control: max-age=9 | PARTIAL
          RFC 9111 §3.3 length unknown     | GET | - | 206 | ETag: "a" & Content-Range: bytes 0-4/* & Cache-Control: max-age=9 | PARTIAL
          RFC 9111 §3.3 malformed          | GET | - | 206 | ETag: "a" & Content-Range: bytes 4-9/9 & Cache-Control: max-age=9 | PARTIAL
          RFC 9111 §3.3 other length       | GET | - | 206 | ETag: "a" & Content-Range: bytes 4-9/10 & Content-Length: 5 & Cache-Control: max-age=9 | PARTIAL
          RFC 9110 §15.3.7 of If-Range     | GET | If-Range: "a" | 206 | ETag: "a" & Content-Range: bytes 0-4/10 & Cache-Control: max-age=9 | PARTIAL
          """)
  void refused(
      String rule,
      String method,
      @Nullable String request,
      int status,
      @Nullable String response,
      Storability.Refused why) {
    assertEquals(why, of(method, request, status, response, CachePolicy.DEFAULT), rule);
  }

  @Test
  void post_thatIsWhatGetWouldBring() {
    String response = "Cache-Control: max-age=9 & Content-Location: http://a.test/a";
    assertTrue(of("POST", null, 200, response, CachePolicy.DEFAULT) instanceof Storability.Store);
    CachePolicy never = with(new Admission(1 << 20, 1, Cookies.EXPLICIT, false, 8));
    assertEquals(Storability.Refused.METHOD, of("POST", null, 200, response, never));
  }

  @Test
  void partial_isAPartOfTheWhole() {
    String response =
        "ETag: \"a\" & Content-Range: bytes 4-9/100 & Content-Length: 6 & Cache-Control: max-age=9";
    Storability.Store store =
        (Storability.Store) of("GET", "Range: bytes=4-9", 206, response, CachePolicy.DEFAULT);
    assertEquals(new Ranges.Part(4, 9), store.part());
    assertEquals(200, store.response().status());
    assertEquals("100", store.response().fields().get(FieldName.CONTENT_LENGTH));
    assertFalse(store.response().fields().has(FieldName.CONTENT_RANGE));
    CachePolicy small = with(new Admission(99, 1, Cookies.EXPLICIT, false, 8));
    assertEquals(Storability.Refused.SIZE, of("GET", null, 206, response, small));
  }

  @Test
  void labels_tooMany_isNotStored() {
    String tags = "t ".repeat(2) + "x".repeat(1025);
    assertEquals(
        Storability.Refused.LABELS,
        of(
            "GET",
            null,
            200,
            "Cache-Control: max-age=9 & Surrogate-Key: " + tags,
            CachePolicy.DEFAULT));
  }

  @Test
  void cookies_asThePolicySays() {
    String response = "Cache-Control: max-age=9 & Set-Cookie: a=b";
    CachePolicy refuse = with(new Admission(99, 1, Cookies.REFUSE, true, 8));
    assertEquals(Storability.Refused.COOKIE, of("GET", null, 200, response, refuse));
    CachePolicy strip = with(new Admission(99, 1, Cookies.STRIP, true, 8));
    Storability.Store store = (Storability.Store) of("GET", null, 200, response, strip);
    assertFalse(store.response().fields().has(FieldName.SET_COOKIE));
  }

  @ParameterizedTest
  @CsvSource({"200, 60", "404, 5", "503, 1", "301, 60"})
  void lifetimesOfThePolicy_whereNothingIsSaid(int status, long seconds) {
    CachePolicy.Times times =
        new CachePolicy.Times(
            Duration.ofSeconds(60),
            Map.of(404, Duration.ofSeconds(5), 503, Duration.ofSeconds(1)),
            Duration.ofDays(1),
            Duration.ofSeconds(7),
            Duration.ZERO,
            CachePolicy.Times.UNBOUNDED);
    CachePolicy policy =
        new CachePolicy(
            times, CachePolicy.Key.DEFAULT, CachePolicy.Requests.DEFAULT, Admission.DEFAULT);
    StoredResponse stored = ((Storability.Store) of("GET", null, status, null, policy)).response();
    assertEquals(seconds * 1000, stored.freshness().lifetime());
    assertEquals(7000, stored.freshness().stale().whileRevalidate());
    assertEquals(0, stored.freshness().usableOnErrorUntil());
    assertEquals(
        Storability.Refused.USELESS,
        of("GET", null, status, "Cache-Control: max-age=0", policy),
        "what the response says goes first");
  }

  @Test
  void labels_ofTheResponse() {
    StoredResponse stored =
        ((Storability.Store)
                of(
                    "GET",
                    null,
                    200,
                    "Cache-Control: max-age=9 & Surrogate-Key: a  b & Cache-Tag: c, d e"
                        + " & Cache-Groups: \"g\", \"h\";revalidate",
                    CachePolicy.DEFAULT))
            .response();
    assertEquals(Set.of("a", "b", "c", "d e"), stored.tags());
    assertEquals(Set.of("g", "h"), stored.groups());
  }
}
