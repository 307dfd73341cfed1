package darban.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.http.Fields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoVarySearchTest {
  private static NoVarySearch rule(String value) {
    return NoVarySearch.of(Fields.of("No-Vary-Search", value)).orElseThrow();
  }

  /** The draft's examples of values that change nothing, malformed ones among them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "unknown-key",
        "key-order=\"not a boolean\"",
        "params=\"not a boolean or inner list\"",
        "params=(not-a-string)",
        "params=(\"a\"), except=(\"x\")",
        "params=(), except=()",
        "params=?0, except=(\"x\")",
        "params, except=(not-a-string)",
        "params, except=\"not an inner list\"",
        "params, except=?1",
        "except=(\"x\")",
        "except=()",
        "params=?0",
        "params=()",
        "key-order=?0",
        "params=(\"a\""
      })
  void withoutEffect(String value) {
    assertTrue(NoVarySearch.of(Fields.of("No-Vary-Search", value)).isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      value = {
        "params                       | a=1&b=2      | -             | true",
        "params=?1                    | a=1          | ``            | true",
        "params=(\"a\")               | a=1&b=2      | b=2&a=3       | true",
        "params=(\"a\")               | a=1&b=2      | a=1&b=3       | false",
        "params=(\"a\")               | b=1&c=2      | c=2&b=1       | false",
        "params=(\"a\"), key-order    | b=1&c=2      | c=2&a=0&b=1   | true",
        "key-order                    | a=1&b=2      | b=2&a=1       | true",
        "key-order                    | a=1&a=2      | a=2&a=1       | false",
        "key-order, x                 | a=1          | a=2           | false",
        "params, except=(\"id\")      | id=1&x=2     | y=3&id=1      | true",
        "params, except=(\"id\")      | id=1         | id=2          | false",
        "params, except=()            | id=1         | -             | true",
        "params=(\"%C3%A9+%E6%B0%97\") | %c3%a9%20%e6%b0%97=1 | %C3%A9+%E6%B0%97=2 | true",
        "params=(\"x\")               | a+b=%41      | a%20b=A       | true",
        "params=(\"x\")               | a            | a=            | true",
        "params=(\"x\")               | a=b&&&c      | a=b&c=        | true",
        "params=(\"x\")               | a=%          | a=%25         | true",
        "params=(\"x\")               | a=b%26c=d    | a=b&c=d       | false",
      })
  void canonical_equalWhereTheRuleSaysSo(String value, String one, String other, boolean equal) {
    NoVarySearch rule = rule(value);
    assertEquals(equal, rule.canonical(one).equals(rule.canonical(other)));
  }
}
