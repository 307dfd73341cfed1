package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.tls.TestAuthority.Wish;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertStoreTest {
  private static final TestAuthority CA = new TestAuthority("store test");
  private static final Identity EXACT = CA.issue("a.example").identity();
  private static final Map<String, Identity> IDENTITIES =
      Map.of(
          "default", CA.issue("first.example", "127.0.0.1").identity(),
          "exact", EXACT,
          "wild", CA.issue("*.example").identity(),
          "deep", CA.issue("*.b.example", "::1").identity(),
          "second", CA.issue("a.example", "late.example").identity());
  private static final CertStore STORE =
      new CertStore(
          List.of("default", "exact", "wild", "deep", "second").stream()
              .map(IDENTITIES::get)
              .toList());

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, default",
        "a.example, exact",
        "A.EXAMPLE, exact",
        "a.example., exact",
        "x.example, wild",
        "first.example, default",
        "late.example, second",
        "x.b.example, deep",
        "b.example, wild",
        "x.a.example, default",
        "example, default",
        "other.test, default",
        "127.0.0.1, default",
        "0:0::1, deep",
        "no host name, default"
      })
  void get_name_exactBeatsWildcardBeatsDefault(String name, String expected) {
    assertSame(IDENTITIES.get(expected), STORE.get(name));
    assertSame(IDENTITIES.get(expected), STORE.find(name).join());
  }

  @Test
  void names_withoutAlternativeNames_commonNameCounts() {
    Identity old = CA.issue(Wish.of("Old.example").withoutAlternativeNames()).identity();
    assertEquals(Set.of("old.example"), old.names());
    assertEquals(Set.of(), Identity.alternativeNames(old.certificate()));
  }

  @Test
  void expiries_everyName_ofTheIdentityThatHasIt() {
    assertEquals(EXACT.notAfter(), STORE.expiries().get("a.example"));
    assertEquals(
        Set.of(
            "first.example",
            "127.0.0.1",
            "a.example",
            "*.example",
            "*.b.example",
            "::1",
            "late.example"),
        STORE.expiries().keySet());
  }

  @Test
  void construct_withoutIdentity_refused() {
    assertThrows(IllegalArgumentException.class, () -> new CertStore(List.of()));
  }
}
