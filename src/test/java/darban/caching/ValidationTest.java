package darban.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.http.Conditions;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {
  private static final FieldName TEST = FieldName.of("Test");

  private final Simulation cache = new Simulation(CachePolicy.DEFAULT);
  private final List<RequestHead> asked = new ArrayList<>();

  private Simulation.Answer send(
      String method, @Nullable String request, int status, @Nullable String response) {
    return cache.request(
        method,
        "/",
        Messages.fields(request, cache.now()),
        head -> {
          asked.add(head);
          return status == 0 ? null : Messages.response(status, response, cache.now());
        });
  }

  private Simulation.Answer get(@Nullable String request, int status, @Nullable String response) {
    return send("GET", request, status, response);
  }

  private @Nullable String forwarded(FieldName name) {
    return asked.getLast().fields().get(name);
  }

  @Test
  void request_storedValidators_inPlaceOfTheClients() {
    get("Foo: 1", 200, "Cache-Control: max-age=2 & ETag: \"a\" & Last-Modified: {-90} & Vary: Foo");
    cache.pass(3000);
    get("Foo: 1 & If-None-Match: \"z\" & If-Range: \"z\" & Range: bytes=0-1", 304, null);
    assertEquals("\"a\"", forwarded(FieldName.IF_NONE_MATCH), "RFC 9111 §4.3.1");
    assertNotNull(forwarded(FieldName.IF_MODIFIED_SINCE), "RFC 9111 §4.3.1");
    assertNull(forwarded(FieldName.RANGE));
    assertNull(forwarded(FieldName.IF_RANGE));
    assertEquals("1", forwarded(FieldName.of("Foo")), "RFC 9111 §4.1");
  }

  /** The stored response is stale; what is it after a 304 with these fields? */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          RFC 9111 §3.2 kept where nothing came   | ETag: "a"                              | old | cached
          RFC 9111 §3.2 replaced                  | ETag: "a" & Test: new                  | new | cached
          RFC 9111 §3.2 all lines replaced        | ETag: "a" & Test: new & Test: er       | new | cached
          RFC 9111 §4.3.4 weak comparison         | ETag: W/"a" & Test: new                | new | cached
          RFC 9111 §4.3.4 no validator came       | Test: new                              | new | cached
          RFC 9111 §4.3.4 date alone, the same    | Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT & Test: new | new | cached
          RFC 9111 §4.2.3 Age of the 304          | ETag: "a" & Test: new & Age: 5         | new | asked
          RFC 9111 §4.2.3 Date of the 304         | ETag: "a" & Test: new & Date: {-5}     | new | asked
          RFC 9111 §3.2 new directives            | ETag: "a" & Cache-Control: max-age=0   | old | asked
          RFC 9111 §5.2.2.5 no-store answers once | ETag: "a" & Cache-Control: no-store    | old | asked
          RFC 9111 §5.2.2.7 private answers once  | ETag: "a" & Cache-Control: private     | old | asked
          RFC 9111 §4.1 Vary: * answers once      | ETag: "a" & Vary: *                    | old | asked
          """)
  void freshened(String rule, String update, String test, String then) {
    get(
        null,
        200,
        "Cache-Control: max-age=2 & ETag: \"a\" & Test: old & Date: {0}"
            + " & Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT");
    cache.pass(3000);
    Simulation.Answer answer = get(null, 304, update);
    assertEquals(200, answer.status(), rule);
    assertEquals(test, answer.fields().get(TEST), rule);
    assertEquals(2, asked.size(), rule);
    get(null, 304, null);
    assertEquals(then.equals("cached") ? 2 : 3, asked.size(), rule);
  }

  @ParameterizedTest(name = "RFC 9111 §4.3.4 a 304 of another: {0}")
  @ValueSource(strings = {"ETag: \"b\"", "Last-Modified: {-100}", "ETag: a"})
  void anothers304_isAskedAgainWithoutCondition(String validator) {
    get(null, 200, "Cache-Control: max-age=2 & ETag: \"a\" & Last-Modified: {-90}");
    cache.pass(3000);
    get(null, 304, validator);
    assertEquals(3, asked.size());
    assertNull(forwarded(FieldName.IF_NONE_MATCH));
  }

  @ParameterizedTest(name = "RFC 9111 §3.2 {0} describes the stored bytes")
  @ValueSource(strings = {"Content-Length", "Content-Encoding", "Content-Range", "ETag"})
  void freshened_whatDescribesTheBytes_stays(String name) {
    String tag = name.equals("ETag") ? "" : " & ETag: \"a\"";
    String before = name.equals("ETag") ? "\"a\"" : "36";
    String after = name.equals("ETag") ? "W/\"a\"" : "10";
    get(null, 200, "Cache-Control: max-age=2 & " + name + ": " + before + tag);
    cache.pass(3000);
    Fields fields = get(null, 304, name + ": " + after + tag).fields();
    assertEquals(List.of(before), fields.all(FieldName.of(name)));
  }

  @Test
  void freshened_connectionFields_areNotTaken() {
    get(null, 200, "Cache-Control: max-age=2 & ETag: \"a\" & Test: old");
    cache.pass(3000);
    Fields fields = get(null, 304, "Connection: x & x: 1 & Keep-Alive: y & ETag: \"a\"").fields();
    assertFalse(fields.has(FieldName.of("x")), "RFC 9111 §3.1");
    assertFalse(fields.has(FieldName.KEEP_ALIVE), "RFC 9111 §3.1");
  }

  @Test
  void freshened_byAnAuthorizedRequest_isNotForOthers() {
    get(null, 200, "Cache-Control: max-age=2 & ETag: \"a\" & Test: old");
    cache.pass(3000);
    String update = "ETag: \"a\" & Test: hers";
    assertEquals("hers", get("Authorization: x", 304, update).fields().get(TEST));
    assertEquals("old", get(null, 304, "ETag: \"a\"").fields().get(TEST), "RFC 9111 §3.5");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          RFC 9110 §13.1.2 strong           | ETag: "a"   | If-None-Match: "a"                 | 304
          RFC 9110 §13.1.2 weak             | ETag: W/"a" | If-None-Match: W/"a"               | 304
          RFC 9110 §13.1.2 weak, strong     | ETag: W/"a" | If-None-Match: "a"                 | 304
          RFC 9110 §13.1.2 first            | ETag: "a"   | If-None-Match: "a", "b", "c"       | 304
          RFC 9110 §13.1.2 second           | ETag: "a"   | If-None-Match: "b", "a", "c"       | 304
          RFC 9110 §13.1.2 last             | ETag: "a"   | If-None-Match: "b", "c", "a"       | 304
          RFC 9110 §13.1.2 none             | ETag: "a"   | If-None-Match: "b"                 | 200
          RFC 9110 §13.1.2 any              | ETag: "a"   | If-None-Match: *                   | 304
          RFC 9110 §8.8.3 byte above ASCII  | ETag: "aü"  | If-None-Match: "aü"                | 304
          RFC 9110 §8.8.3 no quotes, asked  | ETag: "a"   | If-None-Match: a                   | 200
          RFC 9110 §8.8.3 no quotes, stored | ETag: a     | If-None-Match: "a"                 | 200
          RFC 9110 §8.8.3 no quotes         | ETag: a     | If-None-Match: a                   | 200
          RFC 9110 §8.8.3 w is no W         | ETag: w/"a" | If-None-Match: w/"a"               | 200
          RFC 9111 §4.3.2 tag goes first    | ETag: "a" & Last-Modified: {-50} | If-None-Match: "a" & If-Modified-Since: {-99} | 304
          RFC 9111 §4.3.2 tag goes first    | ETag: "a" & Last-Modified: {-50} | If-None-Match: "b" & If-Modified-Since: {0}   | 200
          RFC 9111 §4.3.2 date, the same    | Last-Modified: {-50} | If-Modified-Since: {-50}      | 304
          RFC 9111 §4.3.2 date, later       | Last-Modified: {-50} | If-Modified-Since: {-40}      | 304
          RFC 9111 §4.3.2 date, before      | Last-Modified: {-50} | If-Modified-Since: {-60}      | 200
          RFC 9111 §4.3.2 date, none        | Last-Modified: {-50} | If-Modified-Since: soon       | 200
          RFC 9111 §4.3.2 Date in its place | Date: {-5}  | If-Modified-Since: {-5}            | 304
          RFC 9111 §4.3.2 Date is later     | Date: {0}   | If-Modified-Since: {-3000}         | 200
          """)
  void clientsConditions_onWhatIsFresh(String rule, String response, String request, int status) {
    get(null, 200, "Cache-Control: max-age=1000 & " + response);
    Simulation.Answer answer = get(request, 500, null);
    assertTrue(answer.cached(), rule);
    assertEquals(status, answer.status(), rule);
  }

  @Test
  void clientsConditions_afterValidation() {
    get(null, 200, "Cache-Control: max-age=2 & Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT");
    cache.pass(3000);
    Simulation.Answer answer = get("If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT", 304, null);
    assertEquals(304, answer.status());
    assertNotNull(answer.forwarded());
  }

  @Test
  void clientsConditions_countOnlyForASuccess() {
    get(null, 404, "Cache-Control: max-age=1000 & ETag: \"a\"");
    assertEquals(404, get("If-None-Match: \"a\"", 500, null).status(), "RFC 9110 §13.2.1");
  }

  @Test
  void clientsConditions_onAMiss_goToTheOrigin() {
    get("If-None-Match: \"abcdef\"", 304, null);
    assertEquals("\"abcdef\"", forwarded(FieldName.IF_NONE_MATCH));
    assertEquals(List.of(), cache.stored("/"));
  }

  @Test
  void notModified_hasWhatTheRfcAsksFor() {
    Fields answer =
        Fields.of(
            "ETag",
            "\"a\"",
            "Last-Modified",
            "x",
            "Content-Type",
            "a/b",
            "Content-Length",
            "5",
            "Content-Location",
            "/",
            "Cache-Control",
            "max-age=1",
            "Vary",
            "a",
            "Expires",
            "x",
            "Date",
            "x",
            "Age",
            "1",
            "Content-Encoding",
            "gzip");
    assertEquals(
        Fields.of(
            "ETag",
            "\"a\"",
            "Content-Location",
            "/",
            "Cache-Control",
            "max-age=1",
            "Vary",
            "a",
            "Expires",
            "x",
            "Date",
            "x",
            "Age",
            "1"),
        Validation.notModified(answer),
        "RFC 9110 §15.4.5");
    Fields dated = Fields.of("Last-Modified", "x");
    assertEquals(dated, Validation.notModified(dated));
  }

  @Test
  void head_isForwardedAsHead_andFreshens() {
    get(null, 200, "Cache-Control: max-age=2 & Test: 1 & Content-Length: 9");
    assertTrue(send("HEAD", null, 500, null).cached());
    cache.pass(3000);
    send("HEAD", null, 200, "Cache-Control: max-age=1000 & Test: 2 & Content-Length: 9");
    assertEquals("HEAD", asked.getLast().method().name());
    Simulation.Answer answer = get(null, 500, null);
    assertTrue(answer.cached(), "RFC 9111 §4.3.5");
    assertEquals("2", answer.fields().get(TEST), "RFC 9111 §4.3.5");
  }

  @ParameterizedTest(name = "RFC 9111 §4.3.5 HEAD says {0}")
  @ValueSource(strings = {"Content-Length: 8", "ETag: \"b\"", "Last-Modified: {-7}"})
  void head_ofAnother_makesStale(String field) {
    get(null, 200, "Cache-Control: max-age=1000 & Content-Length: 9 & ETag: \"a\"");
    send("HEAD", "Cache-Control: no-cache", 200, "Cache-Control: max-age=1000 & " + field);
    assertFalse(get(null, 200, null).cached());
  }

  @Test
  void head_thatFails_changesNothing() {
    get(null, 200, "Cache-Control: max-age=1000 & Test: 1");
    send("HEAD", "Cache-Control: no-cache", 410, "Cache-Control: max-age=1000 & Test: 2");
    assertEquals("1", get(null, 500, null).fields().get(TEST), "RFC 9111 §4.3.5");
  }

  @Test
  void head_withoutAnything_isNotStored() {
    send("HEAD", null, 200, "Cache-Control: max-age=1000");
    assertFalse(get(null, 200, null).cached());
  }

  /** The stored response is stale for a second; the origin breaks off, or answers 503. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          RFC 9111 §4.2.4 disconnected         | max-age=2                    | - | 200
          RFC 5861 §4 within the window        | max-age=2, stale-if-error=60 | - | 200
          RFC 5861 §4 beyond the window        | max-age=2, stale-if-error=1  | - | 502
          RFC 5861 §4 none                     | max-age=2, stale-if-error=0  | - | 502
          RFC 9111 §5.2.2.2 must-revalidate    | max-age=2, must-revalidate   | - | 502
          RFC 9111 §5.2.2.2 before RFC 5861    | max-age=2, must-revalidate, stale-if-error=60 | - | 502
          RFC 9111 §5.2.2.8 proxy-revalidate   | max-age=2, proxy-revalidate  | - | 502
          RFC 9111 §5.2.2.4 no-cache           | max-age=2, no-cache          | - | 502
          RFC 9111 §5.2.2.10 s-maxage          | max-age=2, s-maxage=2        | - | 502
          RFC 5861 §4 beside s-maxage          | s-maxage=2, stale-if-error=60 | - | 200
          RFC 5861 §4 the client allows more   | max-age=2, stale-if-error=1  | Cache-Control: stale-if-error=60 | 200
          RFC 9111 §5.2.2.2 not even then      | max-age=2, must-revalidate   | Cache-Control: stale-if-error=60 | 502
          RFC 9111 §5.2.1.4 who wants it new   | max-age=2                    | Cache-Control: no-cache | 502
          """)
  void staleIfError(String rule, String directives, @Nullable String request, int status) {
    for (int failure : new int[] {0, 503}) {
      Simulation each = new Simulation(CachePolicy.DEFAULT);
      String response = "ETag: \"a\" & Cache-Control: " + directives;
      each.request("GET", "/", Fields.NONE, head -> Messages.response(200, response, each.now()));
      each.pass(3500);
      Simulation.Answer answer =
          each.request(
              "GET",
              "/",
              Messages.fields(request, each.now()),
              head -> failure == 0 ? null : Messages.response(failure, null, each.now()));
      int expected = failure == 503 && status == 502 ? 503 : status;
      assertEquals(expected, answer.status(), rule);
    }
  }

  @Test
  void staleIfError_anOldFailureIsNoBetter() {
    get(null, 503, "Cache-Control: max-age=2 & ETag: \"a\" & Test: old");
    cache.pass(3000);
    assertEquals("new", get(null, 503, "Test: new").fields().get(TEST));
  }

  @Test
  void staleWhileRevalidate_atOnce_thenTheNewOne() {
    get(null, 200, "Cache-Control: max-age=1, stale-while-revalidate=4 & ETag: \"a\" & Test: 1");
    cache.pass(3000);
    Simulation.Answer stale = get(null, 200, "Cache-Control: no-cache & ETag: \"b\" & Test: 2");
    assertTrue(stale.cached(), "RFC 5861 §3");
    assertEquals("1", stale.fields().get(TEST));
    assertEquals("\"a\"", forwarded(FieldName.IF_NONE_MATCH), "RFC 5861 §3");
    assertFalse(get(null, 304, "ETag: \"b\"").cached(), "what came asks for validation");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          RFC 5861 §3 beyond the window       | max-age=1, stale-while-revalidate=4, x       | 6 | false
          RFC 5861 §3 its very end            | max-age=1, stale-while-revalidate=4          | 5 | false
          RFC 5861 §3 beside s-maxage         | s-maxage=1, stale-while-revalidate=4         | 3 | true
          RFC 9111 §5.2.2.2 must-revalidate   | max-age=1, stale-while-revalidate=4, must-revalidate | 3 | false
          RFC 9111 §5.2.2.4 no-cache          | max-age=1, stale-while-revalidate=4, no-cache | 3 | false
          """)
  void staleWhileRevalidate_bounds(String rule, String directives, long seconds, boolean cached) {
    get(null, 200, "ETag: \"a\" & Cache-Control: " + directives);
    cache.pass(seconds * 1000);
    assertEquals(cached, get(null, 304, null).cached(), rule);
  }

  @Test
  void ranges_ofWhatIsStored() {
    get(null, 200, "Cache-Control: max-age=99 & ETag: \"a\" & Test: 1");
    Simulation.Answer part = get("Range: bytes=0-1", 500, null);
    assertTrue(part.cached());
    assertEquals(206, part.status());
    assertEquals("1", part.fields().get(TEST), "RFC 9111 §3.4");
    assertEquals(206, get("Range: bytes=0-1 & If-Range: \"a\"", 500, null).status());
    assertEquals(200, get("Range: bytes=0-1 & If-Range: \"b\"", 500, null).status());
    assertEquals(304, get("Range: bytes=0-1 & If-None-Match: \"a\"", 500, null).status());
  }

  @Test
  void conditions_ofNoConcern_proceed() {
    StoredResponse stored =
        new StoredResponse(
            new ResponseHead(200, Fields.of("ETag", "\"a\"")),
            Vary.NOTHING,
            new Freshness(0, 0, 1, false, false, new Freshness.Stale(0, 0, true)));
    RequestHead plain = Messages.request("GET", "/", Fields.NONE);
    assertEquals(Conditions.Outcome.PROCEED, Validation.conditions(plain, stored, 0));
  }
}
