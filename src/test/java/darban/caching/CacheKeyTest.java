package darban.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Target;
import darban.http.Version;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheKeyTest {
  private static RequestHead head(String method, Target target, String authority, Fields fields) {
    return new RequestHead(Version.HTTP_1_1, Method.of(method), target, authority, fields, null);
  }

  private static CacheKey key(String authority, String path, CachePolicy.Key policy) {
    return CacheKey.of(head("GET", Target.origin(path), authority, Fields.NONE), "https", policy);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "RFC 9110 §4.2.3 host in lower case | Example.COM      | /A?b   | https://example.com/A?b",
        "RFC 9110 §4.2.3 usual port left out | example.com:443 | /      | https://example.com/",
        "RFC 9110 §4.2.3 other port stays    | example.com:80  | /      | https://example.com:80/",
        "RFC 3986 §3.2.2 address             | [2001:DB8::1]   | /      | https://[2001:db8::1]/",
        "path as it is forwarded             | a | /x/../%2e/%2F//y      | https://a/x/../%2e/%2F//y",
        "an empty query is a query           | a | /?                    | https://a/?",
        "order of the query                  | a | /?b=1&a=2             | https://a/?b=1&a=2",
      })
  void text(String rule, String authority, String path, String text) {
    assertEquals(text, key(authority, path, CachePolicy.Key.DEFAULT).text(), rule);
  }

  @Test
  void getAndHead_share() {
    RequestHead get = head("GET", Target.origin("/"), "a", Fields.NONE);
    RequestHead head = head("HEAD", Target.origin("/"), "a", Fields.NONE);
    assertEquals(
        CacheKey.of(get, "http", CachePolicy.Key.DEFAULT),
        CacheKey.of(head, "http", CachePolicy.Key.DEFAULT));
  }

  @Test
  void absoluteForm_itsOwnScheme() {
    Target target = new Target(Target.Form.ABSOLUTE, "HTTP", "b:80", "/x");
    assertEquals(
        "http://b/x",
        CacheKey.of(head("GET", target, "b:80", Fields.NONE), "https", CachePolicy.Key.DEFAULT)
            .text());
  }

  @Test
  void fieldsOfThePolicy_belongToIt_andCannotPassForEachOther() {
    FieldName one = FieldName.of("X-One");
    FieldName two = FieldName.of("X-Two");
    CachePolicy.Key policy = new CachePolicy.Key(QueryPolicy.WHOLE, List.of(one, two));
    RequestHead honest =
        head("GET", Target.origin("/"), "a", Fields.of("x-one", "1", "x-two", "2"));
    RequestHead forged = head("GET", Target.origin("/"), "a", Fields.of("x-one", "1 x-two=2"));
    CacheKey key = CacheKey.of(honest, "http", policy);
    assertEquals("http://a/ x-one=1 x-two=2", key.text());
    assertEquals("http://a/", key.uri());
    assertEquals("http://a", key.origin());
    assertEquals("http://a/ x-one=1%20x-two=2 x-two", CacheKey.of(forged, "http", policy).text());
    RequestHead empty = head("GET", Target.origin("/"), "a", Fields.of("x-one", ""));
    RequestHead without = head("GET", Target.origin("/"), "a", Fields.NONE);
    assertNotEquals(CacheKey.of(empty, "http", policy), CacheKey.of(without, "http", policy));
  }

  @Test
  void withQuery_changesThatAlone() {
    CacheKey key = new CacheKey("http://a/p?x=1 x-one=?");
    assertEquals("x=1", key.query());
    assertEquals("http://a/p?y x-one=?", key.withQuery("y").text());
    assertEquals("http://a/p x-one=?", key.withQuery(null).text());
    assertNull(key.withQuery(null).query());
    assertEquals("http://a/p?z", new CacheKey("http://a/p").withQuery("z").text());
  }

  @Test
  void hash_isThatOfTheText() {
    CacheKey key = new CacheKey("http://a/");
    assertEquals(key.hash(), new CacheKey("http://a/").hash());
    assertNotEquals(key.hash(), new CacheKey("http://a/ ").hash());
    // SHA-256 of "abc", FIPS 180-4.
    assertEquals("ba7816bf8f01cfea414140de5dae2223", new CacheKey("abc").hash().toString());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      value = {
        "RFC 3986 §5.2.2 absolute            | https://a/other      | https://a/other",
        "RFC 3986 §5.2.2 host, port as usual | HTTPS://A:443/x      | https://a/x",
        "RFC 3986 §5.2.2 no path             | https://a            | https://a/",
        "RFC 3986 §5.2.2 no path, query      | https://a?q          | https://a/?q",
        "RFC 3986 §5.2.2 same scheme         | //a/x                | https://a/x",
        "RFC 3986 §5.2.2 absolute path       | /x?y                 | https://a/x?y",
        "RFC 3986 §5.2.2 relative            | c                    | https://a/d/c",
        "RFC 3986 §5.2.4 dots                | ../c/./d             | https://a/c/d",
        "RFC 3986 §5.2.4 dots above the root | ../../../c           | https://a/c",
        "RFC 3986 §5.2.2 query only          | ?z                   | https://a/d/e?z",
        "RFC 3986 §5.2.2 nothing             | ``                   | https://a/d/e?q",
        "RFC 3986 §5.1   fragment            | c#f                  | https://a/d/c",
        "RFC 3986 §5.2.2 colon in a path     | /x:y                 | https://a/x:y",
        "RFC 9111 §4.4   other host          | https://b/x          | -",
        "RFC 9111 §4.4   other host, short   | //b/x                | -",
        "RFC 9111 §4.4   other port          | https://a:444/x      | -",
        "RFC 9111 §4.4   other scheme        | http://a/x           | -",
        "RFC 9111 §4.4   no authority        | urn:x                | -",
        "RFC 9111 §4.4   userinfo            | https://u@a/x        | -",
      })
  void resolve(String rule, String reference, String uri) {
    CacheKey key = new CacheKey("https://a/d/e?q");
    assertEquals(Optional.ofNullable(uri), key.resolve(reference, CachePolicy.Key.DEFAULT), rule);
  }

  @Test
  void resolve_appliesTheQueryPolicy() {
    CachePolicy.Key policy = new CachePolicy.Key(QueryPolicy.dropping(List.of("sid")), List.of());
    assertEquals(
        Optional.of("https://a/x?y=1"), new CacheKey("https://a/").resolve("/x?sid=2&y=1", policy));
  }
}
