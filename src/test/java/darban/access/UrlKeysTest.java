package darban.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.access.UrlKeys.Refused;
import darban.access.UrlKeys.Verdict;
import darban.base.Cidr;
import darban.base.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlKeysTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  private static final String CLIENT = "192.0.2.7";
  private static final UrlKeys KEYS =
      new UrlKeys(
          Map.of(
              "old", new Secret("0123456789abcdef"),
              "new", new Secret("fedcba9876543210")));

  private static String token(String path) {
    return KEYS.sign(new UrlToken("new", NOW.getEpochSecond() + 60, Optional.empty(), path));
  }

  private static Optional<Refused> refused(String token, String path, String client, Instant at) {
    return KEYS.judge(token, path, client, at) instanceof Verdict.Denied(Refused why, String detail)
        ? Optional.of(why)
        : Optional.empty();
  }

  private static Optional<Refused> refused(String token, String path) {
    return refused(token, path, CLIENT, NOW);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/, /a/x, ",
    "/a/, /a/b/c.ts, ",
    "/a/, /a/, ",
    "/a/, /a, OTHER_PATH",
    "/a/, /ab/x, OTHER_PATH",
    "/a/, /A/x, OTHER_PATH",
    "/a, /a, ",
    "/a, /ab, OTHER_PATH",
    "/a, /a/b, OTHER_PATH",
    "/, /anything, ",
    "/a/, /%61/x, ",
    "/%61/, /a/x, ",
    "/a b/, /a%20b/x, OTHER_PATH",
    "/a%20b/, /a%20b/x, ",
    "/a/, /a/../b/x, AMBIGUOUS_PATH",
    "/a/, /a/./x, AMBIGUOUS_PATH",
    "/a/, /a/.., AMBIGUOUS_PATH",
    "/a/, /a/%2e%2e/b/x, AMBIGUOUS_PATH",
    "/a/, /a/%2E./b/x, AMBIGUOUS_PATH",
    "/a/, /a/..%2fb/x, AMBIGUOUS_PATH",
    "/a/, /a/x%2Fy, AMBIGUOUS_PATH",
    "/a/, /a/..%5cb/x, AMBIGUOUS_PATH",
    "/a/, '/a/..\\b/x', AMBIGUOUS_PATH",
    "/a/, /a/%252e%252e/b, AMBIGUOUS_PATH",
    "/a/, /a/%252fb, AMBIGUOUS_PATH",
    "/a/, /a/%25252fb, AMBIGUOUS_PATH",
    "/a/, /a/..;/b/x, AMBIGUOUS_PATH",
    "/a/, /a/%c0%ae%c0%ae/b, AMBIGUOUS_PATH",
    "/a/, /a/%c0%afb, AMBIGUOUS_PATH",
    "/a/, /a/%00b, AMBIGUOUS_PATH",
    "/a/, /a/%zz, AMBIGUOUS_PATH",
    "/a/, /a/...x/y..z, ",
    "/a/, /a/100%25.ts, ",
    "/a/, /a/%25c0%25ae%25c0%25ae/b, AMBIGUOUS_PATH",
    "/a/, /a/;p/x, ",
    "/a/, /a//x, ",
    "/a/, //a/x, OTHER_PATH",
  })
  void path_isCovered_orNot(String signed, String asked, Refused why) {
    assertEquals(Optional.ofNullable(why), refused(token(signed), asked));
  }

  @ParameterizedTest
  @CsvSource({"59, ", "59.999, ", "60, EXPIRED", "61, EXPIRED", "-1000, "})
  void time_upToTheSecond(double later, Refused why) {
    Instant at = NOW.plusMillis((long) (later * 1000));
    assertEquals(Optional.ofNullable(why), refused(token("/a/"), "/a/x", CLIENT, at));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7, ",
    "192.0.2.7, 192.0.2.8, OTHER_CLIENT",
    "192.0.2.0/24, 192.0.2.8, ",
    "192.0.2.0/24, 192.0.3.8, OTHER_CLIENT",
    "192.0.2.7, ::ffff:192.0.2.7, ",
    "2001:db8::/32, 2001:db8::9, ",
    "2001:db8::/32, 192.0.2.7, OTHER_CLIENT",
    "192.0.2.7, unix, OTHER_CLIENT",
    "192.0.2.7, '', OTHER_CLIENT",
  })
  void client_byAddress(String allowed, String client, Refused why) {
    UrlToken token = new UrlToken("new", NOW.getEpochSecond() + 60, Cidr.parse(allowed), "/a/");
    assertEquals(Optional.ofNullable(why), refused(KEYS.sign(token), "/a/x", client, NOW));
  }

  @Test
  void keys_bothAreBelieved_othersAreNot() {
    UrlKeys others = new UrlKeys(Map.of("other", new Secret("0123456789abcdef")));
    UrlToken token = new UrlToken("other", NOW.getEpochSecond() + 60, Optional.empty(), "/a/");
    assertEquals(Optional.of(Refused.UNKNOWN_KEY), refused(others.sign(token), "/a/x"));
    UrlKeys renamed = new UrlKeys(Map.of("new", new Secret("0123456789abcdef")));
    UrlToken pretended = new UrlToken("new", NOW.getEpochSecond() + 60, Optional.empty(), "/a/");
    assertEquals(Optional.of(Refused.FORGED), refused(renamed.sign(pretended), "/a/x"));
    UrlToken old = new UrlToken("old", NOW.getEpochSecond() + 60, Optional.empty(), "/a/");
    assertEquals(Optional.empty(), refused(KEYS.sign(old), "/a/x"));
  }

  @Test
  void token_withAnyCharacterChanged_isWorthNothing() {
    String token = token("/a/");
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < token.length(); i++) {
      char other = "abcXYZ019-_.".charAt(random.nextInt(12));
      if (other != token.charAt(i)) {
        String changed = token.substring(0, i) + other + token.substring(i + 1);
        assertTrue(refused(changed, "/a/x").isPresent(), changed);
      }
      assertTrue(refused(token.substring(0, i), "/a/x").isPresent());
    }
    assertTrue(refused(token + "=", "/a/x").isPresent());
    assertTrue(refused(token + "A", "/a/x").isPresent());
  }

  @Test
  void token_ofOtherWords_underTheSameSignature_isForged() {
    String signature = token("/a/").split("\\.")[1];
    UrlToken wider = new UrlToken("new", NOW.getEpochSecond() + 99, Optional.empty(), "/");
    assertEquals(Optional.of(Refused.FORGED), refused(wider.payload() + "." + signature, "/a/x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a.b",
        "....",
        "1 new 1900000000 - /",
        "2 new 1900000000 - /.x",
        "1 new soon - /.x",
        "1 new 1900000000 nobody /.x",
        "1 new 1900000000 - a.x",
        "1 new 19.x"
      })
  void noToken_isTold(String text) {
    int dot = text.indexOf('.');
    String encoded =
        dot < 0
            ? text
            : Base64.getUrlEncoder()
                    .encodeToString(text.substring(0, dot).getBytes(StandardCharsets.UTF_8))
                + text.substring(dot);
    assertEquals(Optional.of(Refused.MALFORMED), refused(encoded, "/"));
    assertInstanceOf(Verdict.Denied.class, KEYS.judge(text, "/", CLIENT, NOW));
  }
}
