package darban.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two requests and some time between them: what the second one gets. A row is the rule, the first
 * response, seconds, the second request's fields, and how it was answered: {@code cached}, {@code
 * asked} (the origin, without condition), {@code etag} or {@code date} (the origin, with it).
 */
class CacheConductTest {
  private final Simulation cache = new Simulation(CachePolicy.DEFAULT);

  private Simulation.Answer get(@Nullable String request, int status, @Nullable String response) {
    return send("GET", "/", request, status, response);
  }

  private Simulation.Answer send(
      String method, String path, @Nullable String request, int status, @Nullable String response) {
    return cache.request(
        method,
        path,
        Messages.fields(request, cache.now()),
        asked -> Messages.response(status, response, cache.now()));
  }

  private static String how(Simulation.Answer answer) {
    RequestHead forwarded = answer.forwarded();
    if (forwarded == null) {
      return "cached";
    }
    return Simulation.has(forwarded, FieldName.IF_NONE_MATCH)
        ? "etag"
        : Simulation.has(forwarded, FieldName.IF_MODIFIED_SINCE) ? "date" : "asked";
  }

  private void conduct(
      String rule, @Nullable String response, long seconds, @Nullable String again, String how) {
    get(null, 200, response);
    cache.pass(seconds * 1000);
    assertEquals(how, how(get(again, 200, "Cache-Control: no-store")), rule);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          RFC 9111 §3 nothing said, no validator            |                                             | 3 | | asked
          RFC 9111 §5.2.2.1 max-age                         | Cache-Control: max-age=3600                 | 3 | | cached
          RFC 9111 §5.2.2.1 max-age over                    | Cache-Control: max-age=2 & Date: {0}        | 3 | | asked
          RFC 9111 §5.2.2.1 the very end is over            | Cache-Control: max-age=3                    | 3 | | asked
          RFC 9111 §5.2.2.1 zero                            | Cache-Control: max-age=0                    | 0 | | asked
          RFC 9111 §1.2.2 2^31 - 1                          | Cache-Control: max-age=2147483647           | 3 | | cached
          RFC 9111 §1.2.2 2^31                              | Cache-Control: max-age=2147483648           | 3 | | cached
          RFC 9111 §1.2.2 beyond 2^31                       | Cache-Control: max-age=2147483649           | 3 | | cached
          RFC 9111 §1.2.2 beyond 2^63                       | Cache-Control: max-age=99999999999999999999 | 3 | | cached
          RFC 9111 §4.2.3 Age counts                        | Date: {0} & Cache-Control: max-age=3600 & Age: 7200 | 3 | | asked
          RFC 9111 §4.2.3 Date counts                       | Date: {-7200} & Cache-Control: max-age=3600 | 3 | | asked
          RFC 9111 §5.3 max-age before a past Expires       | Cache-Control: max-age=3600 & Expires: {-7200} & Date: {0} | 3 | | cached
          RFC 9111 §5.3 max-age before a malformed Expires  | Cache-Control: max-age=3600 & Expires: 0 & Date: {0} | 3 | | cached
          RFC 9111 §5.3 max-age=0 before a future Expires   | Expires: {3600} & Cache-Control: max-age=0 & Date: {0} | 3 | | asked
          RFC 9111 §5.2.3 extension beside                  | Cache-Control: foobar, max-age=3600         | 3 | | cached
          RFC 9111 §5.2 case of the name                    | Cache-Control: MaX-aGe=3600                 | 3 | | cached
          RFC 9111 §4.2.1 negative is stale                 | Cache-Control: max-age=-3600                | 3 | | asked
          RFC 9111 §5.2.2.10 s-maxage                       | Cache-Control: s-maxage=3600                | 3 | | cached
          RFC 9111 §5.2.2.10 before a longer max-age        | Cache-Control: max-age=3600, s-maxage=1     | 3 | | asked
          RFC 9111 §5.2.2.10 in either order                | Cache-Control: s-maxage=1, max-age=3600     | 3 | | asked
          RFC 9111 §5.2.2.10 in another line                | Cache-Control: max-age=3600 & Cache-Control: s-maxage=1 | 3 | | asked
          RFC 9111 §5.2.2.10 before a shorter max-age       | Cache-Control: max-age=1, s-maxage=3600     | 3 | | cached
          RFC 9111 §5.2.2.10 before max-age=0 and Expires   | Expires: {-10} & Cache-Control: max-age=0, s-maxage=3600 | 3 | | cached
          RFC 9111 §4.2.1 the first of two counts: fresh    | Cache-Control: max-age=1800, max-age=1      | 3 | | cached
          RFC 9111 §4.2.1 the first of two counts: stale    | Cache-Control: max-age=1, max-age=1800      | 3 | | asked
          RFC 9111 §4.2.1 the first of two lines counts     | Cache-Control: max-age=1 & Cache-Control: max-age=1800 | 3 | | asked
          RFC 9111 §5.2 quoted argument                     | Cache-Control: max-age="3600"               | 3 | | cached
          RFC 9111 §5.2 directive within quotes             | Cache-Control: extension="max-age=3600", max-age=1 | 3 | | asked
          RFC 9111 §5.2 directive within quotes, behind     | Cache-Control: max-age=1, extension="max-age=3600" | 3 | | asked
          RFC 9111 §5.2 quote without end                   | Cache-Control: max-age=3600, extension="x, private | 3 | | asked
          RFC 9111 §4.2.1 space before the sign             | Cache-Control: max-age =3600                | 3 | | asked
          RFC 9111 §4.2.1 space behind the sign             | Cache-Control: max-age= 3600                | 3 | | asked
          RFC 9111 §1.2.2 leading zeros                     | Cache-Control: max-age=003600               | 3 | | cached
          RFC 9111 §4.2.1 single quotes                     | Cache-Control: max-age='3600'               | 3 | | asked
          RFC 9111 §4.2.1 with a fraction                   | Cache-Control: max-age=3600.0               | 3 | | asked
          RFC 9111 §4.2.1 letter in front                   | Cache-Control: max-age=a3600                | 3 | | asked
          RFC 9111 §4.2.1 letter behind                     | Cache-Control: max-age=3600a                | 3 | | asked
          RFC 9111 §4.2.1 no argument                       | Cache-Control: max-age                      | 3 | | asked
          RFC 9111 §4.2.1 malformed is stale, not heuristic | Cache-Control: max-age=x & Last-Modified: {-90000} & Date: {0} | 3 | | date
          """)
  void lifetimesOfCacheControl(
      String rule, @Nullable String response, long seconds, @Nullable String again, String how) {
    conduct(rule, response, seconds, again, how);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          RFC 9111 §5.1 no number                | abc           | cached
          RFC 9111 §5.1 negative                 | -7200         | cached
          RFC 9111 §5.1 fraction                 | 7200.0        | cached
          RFC 9111 §5.1 parameter                | 7200;foo=bar  | cached
          RFC 9111 §5.1 2^31 - 1                 | 2147483647    | asked
          RFC 9111 §5.1 2^31                     | 2147483648    | asked
          RFC 9111 §5.1 beyond 2^31              | 2147483649    | asked
          RFC 9111 §5.1 beyond 2^64              | 99999999999999999999 | asked
          RFC 9111 §5.1 first of a list, old     | 7200, 0       | asked
          RFC 9111 §5.1 first of a list, young   | 0, 7200       | cached
          RFC 9111 §5.1 first of lines, old      | 7200 & Age: 0 | asked
          RFC 9111 §5.1 first of lines, young    | 0 & Age: 7200 | cached
          RFC 9111 §5.1 twice the same           | 0, 0          | cached
          RFC 9111 §5.1 twice the same, lines    | 0 & Age: 0    | cached
          RFC 9111 §5.1 not as old as it may be  | 3500 & Age: 3500 | cached
          RFC 9111 §5.1 empty                    | ``            | cached
          """)
  void ageThatCame(String rule, String age, String how) {
    conduct(rule, "Date: {0} & Cache-Control: max-age=3600 & Age: " + age, 3, null, how);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          RFC 9111 §5.3 future                      | Expires: {2592000} & Date: {0}              | 3 | cached
          RFC 9111 §5.3 past                        | Expires: {-2592000} & Date: {0}             | 3 | asked
          RFC 9111 §5.3 now                         | Expires: {0} & Date: {0}                    | 0 | asked
          RFC 9111 §4.2.1 before its own Date       | Expires: {300} & Date: {400}                | 3 | asked
          RFC 9111 §5.3 zero                        | Expires: 0 & Date: {0}                      | 0 | asked
          RFC 9111 §5.3 zero is stale, not unsaid   | Expires: 0 & Date: {0} & Last-Modified: {-90000} | 0 | date
          RFC 9111 §4.2 malformed Date              | Date: foo & Expires: {10}                   | 0 | cached
          RFC 9111 §4.2 no Date                     | Expires: {10}                               | 3 | cached
          RFC 9111 §4.2.3 slow clock, with Age      | Date: {-10} & Expires: {10} & Age: 25       | 0 | asked
          RFC 9111 §4.2.3 fast clock, with Age      | Date: {10} & Expires: {20} & Age: 15        | 0 | asked
          RFC 9110 §5.6.7 beyond 32 bits            | Date: {0} & Expires: Tue, 19 Jan 2038 14:14:08 GMT  | 3 | cached
          RFC 9110 §5.6.7 far future                | Date: {0} & Expires: Sun, 21 Nov 2286 04:46:39 GMT  | 3 | cached
          RFC 9110 §5.6.7 RFC 850                   | Date: {0} & Expires: Thursday, 18-Aug-50 02:01:18 GMT | 3 | cached
          RFC 9110 §5.6.7 asctime                   | Date: {0} & Expires: Thu Aug  8 02:01:18 2050       | 3 | cached
          RFC 9111 §5.3 other case, weekday         | Date: {0} & Expires: THU, 18 Aug 2050 02:01:18 GMT  | 3 | cached
          RFC 9111 §5.3 other case, month           | Date: {0} & Expires: Thu, 18 AUG 2050 02:01:18 GMT  | 3 | cached
          RFC 9111 §5.3 other case, zone            | Date: {0} & Expires: Thu, 18 Aug 2050 02:01:18 gMT  | 3 | cached
          RFC 9111 §5.3 UTC                         | Date: {0} & Expires: Thu, 18 Aug 2050 02:01:18 UTC  | 3 | asked
          RFC 9111 §5.3 other zone                  | Date: {0} & Expires: Thu, 18 Aug 2050 02:01:18 AEST | 3 | asked
          RFC 9111 §5.3 year of two digits          | Date: {0} & Expires: Thu, 18 Aug 50 02:01:18 GMT    | 3 | asked
          RFC 9111 §5.3 no comma                    | Date: {0} & Expires: Thu 18 Aug 2050 02:01:18 GMT   | 3 | asked
          RFC 9111 §5.3 two spaces                  | Date: {0} & Expires: Thu, 18  Aug  2050 02:01:18 GMT | 3 | asked
          RFC 9111 §5.3 dashes                      | Date: {0} & Expires: Thu, 18-Aug-2050 02:01:18 GMT  | 3 | asked
          RFC 9111 §5.3 dots                        | Date: {0} & Expires: Thu, 18 Aug 2050 02.01.18 GMT  | 3 | asked
          RFC 9111 §5.3 hour of one digit           | Date: {0} & Expires: Thu, 18 Aug 2050 2:01:18 GMT   | 3 | asked
          RFC 9111 §4.2.1 two lines                 | Date: {0} & Expires: {3600} & Expires: {3600}       | 3 | asked
          """)
  void expires(String rule, String response, long seconds, String how) {
    conduct(rule, response, seconds, null, how);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          RFC 9111 §5.2.2.7 private                  | Cache-Control: private, max-age=3600           | asked
          RFC 9111 §5.2.2.7 private, quoted nothing  | Cache-Control: private="", max-age=3600        | asked
          RFC 9111 §5.2.2.7 private, quoted no names | Cache-Control: private="a b", max-age=3600     | asked
          RFC 9111 §5.2.2.7 private for a field      | Cache-Control: private="a", max-age=3600 & a: 1 | cached
          RFC 9111 §5.2.2.5 no-store                 | Cache-Control: no-store & ETag: "x"            | asked
          RFC 9111 §5.2.2.5 case                     | Cache-Control: No-StOrE & ETag: "x"            | asked
          RFC 9111 §5.2.2.5 before max-age           | Cache-Control: max-age=10000, no-store & Expires: {10000} & Date: {0} | asked
          RFC 9111 §5.2.2.5 with an argument         | Cache-Control: no-store=1, max-age=10000       | asked
          RFC 9111 §5.2.2.4 no-cache                 | Cache-Control: max-age=10000, no-cache         | asked
          RFC 9111 §5.2.2.4 case                     | Cache-Control: max-age=10000, No-CaChE         | asked
          RFC 9111 §5.2.2.4 with a validator         | Cache-Control: no-cache & ETag: "a"            | etag
          RFC 9111 §5.2.2.4 fresh, with a validator  | Cache-Control: max-age=10000, no-cache & ETag: "a" | etag
          RFC 9111 §5.2.2.4 for a field              | Cache-Control: no-cache="a", max-age=3600 & a: 1 | cached
          RFC 9111 §5.2.2.4 for no field             | Cache-Control: no-cache="", max-age=3600       | asked
          RFC 9111 §5.2.2.2 must-revalidate, fresh   | Cache-Control: max-age=10000, must-revalidate & ETag: "a" | cached
          RFC 9111 §5.2.2.3 understood               | Cache-Control: max-age=3600, no-store, must-understand | cached
          RFC 9111 §5.4 Pragma in a response         | Cache-Control: max-age=3600 & Pragma: no-cache | cached
          RFC 9111 §4.3.1 strong tag                 | Cache-Control: max-age=2 & ETag: "abcdef"      | etag
          RFC 9111 §4.3.1 weak tag                   | Cache-Control: max-age=2 & ETag: W/"abcdef"    | etag
          RFC 9111 §4.3.1 tag without quotes         | Cache-Control: max-age=2 & ETag: abcdef        | asked
          RFC 9111 §4.3.1 Last-Modified              | Cache-Control: max-age=2 & Last-Modified: {-10} | date
          RFC 9111 §4.3.1 no date                    | Cache-Control: max-age=2 & Last-Modified: soon | asked
          RFC 9111 §4.3.1 tag alone                  | ETag: "a"                                      | etag
          RFC 9111 §5.2.2.10 stale                   | Cache-Control: s-maxage=2 & ETag: "a"          | etag
          RFC 9110 §8.2 nobody minds disposition     | Cache-Control: max-age=9 & Content-Disposition: attachment; filename=x | cached
          RFC 9111 §7.3 Set-Cookie, explicit         | Cache-Control: max-age=9 & Set-Cookie: a=b     | cached
          RFC 9111 §7.3 Set-Cookie, heuristic        | Date: {0} & Last-Modified: {-90000} & Set-Cookie: a=b | asked
          """)
  void wishesOfAResponse(String rule, String response, String how) {
    conduct(rule, response, 3, null, how);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          RFC 9111 §5.2.1.1 max-age=0                | Cache-Control: max-age=1000             | 0 | Cache-Control: max-age=0       | asked
          RFC 9111 §5.2.1.1 max-age=1                | Cache-Control: max-age=1000             | 3 | Cache-Control: max-age=1       | asked
          RFC 9111 §5.2.1.1 younger than asked       | Cache-Control: max-age=1000             | 3 | Cache-Control: max-age=9       | cached
          RFC 9111 §5.2.1.1 Age counts               | Cache-Control: max-age=9000 & Age: 1800 | 3 | Cache-Control: max-age=600     | asked
          RFC 9111 §5.2.1.1 no number                | Cache-Control: max-age=1000             | 3 | Cache-Control: max-age=x       | asked
          RFC 9111 §5.2.1.2 max-stale                | Cache-Control: max-age=2                | 3 | Cache-Control: max-stale=1000  | cached
          RFC 9111 §5.2.1.2 max-stale, no bound      | Cache-Control: max-age=2                | 3 | Cache-Control: max-stale       | cached
          RFC 9111 §5.2.1.2 beyond the bound         | Cache-Control: max-age=2                | 9 | Cache-Control: max-stale=5     | asked
          RFC 9111 §5.2.1.2 no number                | Cache-Control: max-age=2                | 3 | Cache-Control: max-stale=x     | asked
          RFC 9111 §5.2.1.2 stale when it came       | Cache-Control: max-age=1500 & Age: 2000 | 0 | Cache-Control: max-stale=1000  | cached
          RFC 9111 §5.2.2.2 must-revalidate forbids  | Cache-Control: max-age=2, must-revalidate | 3 | Cache-Control: max-stale     | asked
          RFC 9111 §5.2.2.8 proxy-revalidate forbids | Cache-Control: max-age=2, proxy-revalidate | 3 | Cache-Control: max-stale    | asked
          RFC 9111 §5.2.2.10 s-maxage forbids        | Cache-Control: s-maxage=2               | 3 | Cache-Control: max-stale       | asked
          RFC 9111 §5.2.1.3 min-fresh                | Cache-Control: max-age=1500             | 0 | Cache-Control: min-fresh=2000  | asked
          RFC 9111 §5.2.1.3 fresh enough             | Cache-Control: max-age=1500             | 0 | Cache-Control: min-fresh=1000  | cached
          RFC 9111 §5.2.1.3 Age counts               | Cache-Control: max-age=1500 & Age: 1000 | 0 | Cache-Control: min-fresh=1000  | asked
          RFC 9111 §5.2.1.3 no number                | Cache-Control: max-age=1500             | 0 | Cache-Control: min-fresh=x     | asked
          RFC 9111 §5.2.1.4 no-cache                 | Cache-Control: max-age=3600             | 0 | Cache-Control: no-cache        | asked
          RFC 9111 §5.2.1.4 no-cache, date           | Cache-Control: max-age=3600 & Last-Modified: {-10000} | 0 | Cache-Control: no-cache | date
          RFC 9111 §5.2.1.4 no-cache, tag            | Cache-Control: max-age=3600 & ETag: "a" | 0 | Cache-Control: no-cache        | etag
          RFC 9111 §5.2.1.5 no-store                 | Cache-Control: max-age=3600             | 3 | Cache-Control: no-store        | asked
          RFC 9111 §5.2.1 unknown directive          | Cache-Control: max-age=3600             | 3 | Cache-Control: nothing         | cached
          RFC 9111 §5.4 Pragma: no-cache             | Cache-Control: max-age=3600             | 3 | Pragma: no-cache               | cached
          RFC 8246 §2 immutable, reload              | Cache-Control: max-age=3600, immutable  | 3 | Cache-Control: max-age=0       | cached
          RFC 8246 §2.1 immutable, forced            | Cache-Control: max-age=3600, immutable  | 3 | Cache-Control: no-cache        | asked
          RFC 8246 §2 immutable, stale               | Cache-Control: max-age=2, immutable     | 3 | Cache-Control: max-age=0       | asked
          RFC 9110 §9.3.1 content                    | Cache-Control: max-age=3600             | 3 | Content-Length: 4              | asked
          RFC 9110 §9.3.1 no content                 | Cache-Control: max-age=3600             | 3 | Content-Length: 0              | cached
          RFC 9111 §4.3.2 If-Match is the origin's   | Cache-Control: max-age=3600             | 3 | If-Match: "x"                  | asked
          RFC 9111 §4.3.2 so is If-Unmodified-Since  | Cache-Control: max-age=3600             | 3 | If-Unmodified-Since: {0}       | asked
          RFC 9111 §4 Cookie is no key               | Cache-Control: max-age=3600             | 3 | Cookie: a=b                    | cached
          RFC 9111 §3.5 Authorization reuses         | Cache-Control: max-age=3600             | 3 | Authorization: x               | cached
          """)
  void wishesOfARequest(String rule, String response, long seconds, String again, String how) {
    conduct(rule, response, seconds, again, how);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          RFC 9213 §2.2 max-age                       | CDN-Cache-Control: max-age=3600                    | cached
          RFC 9213 §2.2 2^31                          | CDN-Cache-Control: max-age=2147483648              | cached
          RFC 9213 §2.2 beyond 2^31                   | CDN-Cache-Control: max-age=99999999999             | cached
          RFC 9213 §2.2 Age counts                    | Date: {0} & CDN-Cache-Control: max-age=3600 & Age: 7200 | asked
          RFC 9213 §2.1 space before the sign         | Cache-Control: max-age=1 & CDN-Cache-Control: max-age =100 | asked
          RFC 9213 §2.1 space behind the sign         | Cache-Control: max-age=1 & CDN-Cache-Control: max-age= 100 | asked
          RFC 9213 §2.2 zero                          | CDN-Cache-Control: max-age=0                       | asked
          RFC 9213 §2.2 extension                     | CDN-Cache-Control: foobar, max-age=3600            | cached
          RFC 9651 §3.2 keys are in lower case        | CDN-Cache-Control: MaX-aGe=3600                    | asked
          RFC 9213 §2.2 before Expires                | CDN-Cache-Control: max-age=3600 & Expires: {-10000} & Date: {0} | cached
          RFC 9213 §2.2 before a malformed Expires    | CDN-Cache-Control: max-age=3600 & Expires: 0 & Date: {0} | cached
          RFC 9213 §2.2 zero before Expires           | CDN-Cache-Control: max-age=0 & Expires: {10000} & Date: {0} | asked
          RFC 9213 §2.2 none at all before Expires    | CDN-Cache-Control: none & Expires: {10000} & Date: {0} | asked
          RFC 9213 §2.2 long before short             | Cache-Control: max-age=1 & CDN-Cache-Control: max-age=3600 | cached
          RFC 9213 §2.2 short before long             | Cache-Control: max-age=3600 & CDN-Cache-Control: max-age=1 | asked
          RFC 9213 §2.2 private                       | CDN-Cache-Control: private & Cache-Control: max-age=10000 | asked
          RFC 9213 §2.2 no-cache                      | CDN-Cache-Control: no-cache & Cache-Control: max-age=10000 | asked
          RFC 9213 §2.2 no-store before fresh         | CDN-Cache-Control: no-store & Cache-Control: max-age=10000 | asked
          RFC 9213 §2.2 fresh before no-store         | CDN-Cache-Control: max-age=10000 & Cache-Control: no-store | cached
          RFC 9213 §2.1 malformed is ignored          | CDN-Cache-Control: max-age=10000, &&&&& & Cache-Control: no-store | asked
          RFC 9213 §2.1 of another type               | CDN-Cache-Control: max-age="10000" & Cache-Control: no-store | asked
          RFC 9213 §2.1 with a fraction               | CDN-Cache-Control: max-age=10000.5                 | asked
          RFC 9213 §2.1 parameters are ignored        | CDN-Cache-Control: max-age=10000;x=1               | cached
          RFC 9213 §2.1 of two lines                  | CDN-Cache-Control: max-age=1 & CDN-Cache-Control: max-age=1000 | cached
          RFC 9213 §2.1 empty is ignored              | CDN-Cache-Control: & Cache-Control: max-age=100    | cached
          RFC 9213 §2.1 empty, nothing else           | CDN-Cache-Control:                                 | asked
          RFC 9213 §2.2 our own goes first            | Darban-Cache-Control: max-age=1 & CDN-Cache-Control: max-age=100 | asked
          RFC 9213 §2.2 our own, malformed            | Darban-Cache-Control: max-age & CDN-Cache-Control: max-age=100 | asked
          RFC 9213 §2.2 others' are not ours          | Other-Cache-Control: no-store & Cache-Control: max-age=100 | cached
          RFC 9213 §2.1 false is no directive         | CDN-Cache-Control: no-store=?0, max-age=100        | cached
          """)
  void targeted(String rule, String response, String how) {
    conduct(rule, response, 3, null, how);
  }

  @ParameterizedTest(name = "RFC 9110 §15.1, RFC 9111 §4.2.2 heuristic of {0}")
  @CsvSource({
    "200, cached", "201, asked", "202, asked", "203, cached", "204, cached", "300, cached",
    "301, cached", "302, asked", "303, asked", "307, asked", "308, cached", "400, asked",
    "403, asked", "404, cached", "405, cached", "410, cached", "414, cached", "500, asked",
    "501, cached", "502, asked", "503, asked", "504, asked", "599, asked"
  })
  void heuristicByStatus(int status, String how) {
    get(null, status, "Last-Modified: {-86400} & Date: {0}");
    cache.pass(3000);
    assertEquals(how, how(get(null, status, null)));
  }

  @ParameterizedTest(name = "RFC 9111 §4.2.2 changed {0} s ago, {1} s later")
  @CsvSource({
    "5, 3, date",
    "30, 2, cached",
    "30, 4, date",
    "3600, 359, cached",
    "3600, 361, date",
    "86400000, 86399, cached",
    "86400000, 86401, date",
    "-5, 0, date"
  })
  void heuristicIsATenth_atMostADay(int ago, long seconds, String how) {
    conduct("", "Date: {0} & Last-Modified: {" + -ago + "}", seconds, null, how);
  }

  @Test
  void heuristicOfAnyStatusThatIsPublic() {
    get(null, 599, "Last-Modified: {-86400} & Date: {0} & Cache-Control: public");
    cache.pass(3000);
    assertTrue(get(null, 599, null).cached(), "RFC 9111 §4.2.2");
  }

  @ParameterizedTest(name = "RFC 9111 §3 explicit lifetime of {0}")
  @CsvSource({
    "200, cached", "203, cached", "204, cached", "299, cached", "301, cached", "302, cached",
    "303, cached", "307, cached", "308, cached", "400, cached", "404, cached", "410, cached",
    "499, cached", "500, cached", "502, cached", "503, cached", "504, cached", "599, cached",
    "304, asked", "407, asked", "412, asked", "416, asked", "421, asked", "428, asked",
    "429, asked", "431, asked", "511, asked"
  })
  void explicitByStatus(int status, String how) {
    get(null, status, "Cache-Control: max-age=100000 & Date: {0}");
    cache.pass(3000);
    assertEquals(how, how(get(null, status, null)));
  }

  @ParameterizedTest(name = "RFC 9111 §4.2 stale {0}")
  @CsvSource({"200", "203", "204", "299", "301", "302", "404", "499", "500", "503", "599"})
  void staleByStatus(int status) {
    get(null, status, "Expires: {-5000} & Last-Modified: {-100000} & Date: {0}");
    assertFalse(get(null, status, null).cached());
  }

  @Test
  void mustUnderstand_unknownStatus_isNotStored() {
    get(null, 599, "Cache-Control: max-age=3600, no-store, must-understand");
    assertFalse(get(null, 599, null).cached(), "RFC 9111 §5.2.2.3");
    get(null, 599, "Cache-Control: max-age=3600, must-understand");
    assertFalse(get(null, 599, null).cached(), "RFC 9111 §5.2.2.3");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          RFC 9111 §3.5 not said               | max-age=1000                  | asked
          RFC 9111 §3.5 public                 | max-age=1000, public          | cached
          RFC 9111 §3.5 must-revalidate        | max-age=1000, must-revalidate | cached
          RFC 9111 §3.5 s-maxage               | s-maxage=1000                 | cached
          RFC 9111 §3.5 proxy-revalidate       | max-age=1, proxy-revalidate   | asked
          """)
  void authorization(String rule, String directives, String how) {
    get("Authorization: FOO", 200, "Date: {0} & Cache-Control: " + directives);
    assertEquals(how, how(get(null, 200, null)), rule);
  }

  @Test
  void onlyIfCached() {
    assertEquals(504, get("Cache-Control: only-if-cached", 200, null).status());
    get(null, 200, "Cache-Control: max-age=2 & ETag: \"a\"");
    assertTrue(get("Cache-Control: only-if-cached", 200, null).cached());
    cache.pass(3000);
    assertEquals(504, get("Cache-Control: only-if-cached", 200, null).status());
    assertEquals(200, get("Cache-Control: only-if-cached, max-stale", 200, null).status());
    assertEquals(504, get("Cache-Control: only-if-cached, no-cache", 200, null).status());
  }

  @Test
  void variants_sideBySide() {
    String response = "Cache-Control: max-age=5000 & Vary: Foo & Body: ";
    get("Foo: 1", 200, response + "one");
    assertFalse(get("Foo: 2", 200, response + "two").cached());
    assertEquals("one", body(get("Foo: 1 & Other: 9", 200, null)));
    assertEquals("two", body(get("Foo: 2", 200, null)));
    assertFalse(get(null, 200, response + "none").cached());
    assertEquals("none", body(get(null, 200, null)));
    assertEquals(3, cache.stored("/").size());
  }

  @Test
  void variants_ofSeveralThatMatch_theOneMadeLast() {
    get("Foo: 1 & Bar: 1", 200, "Cache-Control: max-age=99 & Vary: Foo & Body: a & Date: {-2}");
    cache.pass(1000);
    get("Foo: 2 & Bar: 1", 200, "Cache-Control: max-age=99 & Vary: Bar & Body: b & Date: {0}");
    assertEquals("b", body(get("Foo: 1 & Bar: 1", 200, null)), "RFC 9111 §4.1");
    assertEquals("a", body(get("Foo: 1 & Bar: 2", 200, null)), "RFC 9111 §4.1");
  }

  private static @Nullable String body(Simulation.Answer answer) {
    assertTrue(answer.cached());
    return answer.fields().get(FieldName.of("Body"));
  }

  @Test
  void answersFromStore_age_andDateOfTheOrigin() {
    String date = "Cache-Control: max-age=1000 & Age: 30 & Date: {0}";
    String sent = Messages.fields(date, cache.now()).get(FieldName.DATE);
    cache.delay(2000);
    get(null, 200, date);
    cache.pass(3000);
    Fields fields = get(null, 200, null).fields();
    assertEquals("35", fields.get(FieldName.AGE), "RFC 9111 §4.2.3: 30 + 2 on the way + 3 here");
    assertEquals(1, fields.all(FieldName.AGE).size());
    assertEquals(sent, fields.get(FieldName.DATE), "RFC 9111 §4.2.3");
  }

  @Test
  void answersFromStore_withoutWhatBelongsToTheConnection() {
    get(
        null,
        200,
        "Cache-Control: max-age=99 & Connection: a, b & a: 1 & b: 2 & c: 3 & Keep-Alive: x"
            + " & Proxy-Authenticate: x & Proxy-Authentication-Info: x & Proxy-Authorization: x"
            + " & TE: x & Upgrade: x & Transfer-Encoding: x & Proxy-Connection: x"
            + " & Cache-Status: Other; hit & Content-Encoding: gzip & Public-Key-Pins: x");
    Fields fields = get(null, 200, null).fields();
    assertNotNull(fields.get(FieldName.DATE), "RFC 9110 §6.6.1");
    Fields kept = fields.filtered(name -> name != FieldName.DATE).build();
    assertEquals(
        Fields.of(
            "Cache-Control", "max-age=99",
            "c", "3",
            "Content-Encoding", "gzip",
            "Public-Key-Pins", "x",
            "Age", "0"),
        kept,
        "RFC 9111 §3.1");
  }

  @Test
  void answersFromStore_withoutFieldsThatAreNamed() {
    get(null, 200, "Cache-Control: no-cache=\"a, B\", max-age=9, private=c & a: 1 & b: 2 & d: 3");
    Fields fields = get(null, 200, null).fields();
    assertFalse(fields.has(FieldName.of("a")), "RFC 9111 §5.2.2.4");
    assertFalse(fields.has(FieldName.of("b")), "RFC 9111 §5.2.2.4");
    assertEquals("3", fields.get(FieldName.of("d")));
  }

  @Test
  void queries_areDifferentResources() {
    send("GET", "/?a=1", null, 200, "Cache-Control: max-age=9");
    assertTrue(send("GET", "/?a=1", null, 200, null).cached());
    assertFalse(send("GET", "/?a=2", null, 200, null).cached());
  }

  @Test
  void clocks_setBack_makeNothingYounger() {
    get(null, 200, "Cache-Control: max-age=10 & Age: 5");
    cache.pass(-86_400_000);
    assertEquals("5", get(null, 200, null).fields().get(FieldName.AGE));
    cache.pass(86_400_000 + 6000);
    assertFalse(get(null, 200, null).cached());
  }

  @Test
  void headers_ofAnInterimResponse_areNoConcernOfStorability() {
    assertEquals(
        Storability.Refused.STATUS,
        Storability.of(
            Messages.request("GET", "/", Fields.NONE),
            new CacheKey("http://a.test/"),
            new ResponseHead(103, Fields.of("Cache-Control", "max-age=9")),
            new Timing(cache.now(), cache.now()),
            CachePolicy.DEFAULT));
  }
}
