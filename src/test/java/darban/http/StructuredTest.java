package darban.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.http.Structured.Bool;
import darban.http.Structured.Decimal;
import darban.http.Structured.Display;
import darban.http.Structured.InnerList;
import darban.http.Structured.Item;
import darban.http.Structured.Member;
import darban.http.Structured.Text;
import darban.http.Structured.Token;
import darban.http.Structured.Whole;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StructuredTest {

  /** Left as it may come, right as it is written (RFC 9651 §4). */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "5 | 5",
        "-0 | 0",
        "00042 | 42",
        "999999999999999 | 999999999999999",
        "-999999999999999 | -999999999999999",
        "1.50 | 1.5",
        "-1.0 | -1.0",
        "123456789012.125 | 123456789012.125",
        "0.000 | 0.0",
        "10.0 | 10.0",
        "\"a b\" | \"a b\"",
        "\"a\\\"b\\\\c\" | \"a\\\"b\\\\c\"",
        "\"\" | \"\"",
        "foo123/456:*! | foo123/456:*!",
        "*a | *a",
        ":aGVsbG8=: | :aGVsbG8=:",
        ":aGVsbG8: | :aGVsbG8=:",
        ":: | ::",
        "?1 | ?1",
        "?0 | ?0",
        "@1659578233 | @1659578233",
        "@-1 | @-1",
        "%\"caf%c3%a9 %25 %22\" | %\"caf%c3%a9 %25 %22\"",
        "`  a;b;c=1;b=?0  ` | a;b=?0;c=1",
        "a; b=c | a;b=c",
      })
  void item_asItComes_inCanonicalForm(String text, String written) {
    Item item = Structured.item(text).orElseThrow();
    assertEquals(written, Structured.write(List.of(item)));
    assertEquals(Optional.of(item), Structured.item(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1 2",
        "a,",
        "-",
        "--1",
        "1.",
        ".1",
        "1.2345",
        "1234567890123.1",
        "1000000000000000",
        "\"a",
        "\"a\\b\"",
        "\"é\"",
        "\"\t\"",
        ":a",
        ":*:",
        "?",
        "?2",
        "?true",
        "@1.5",
        "@",
        "%a",
        "%\"a",
        "%\"%C3%A9\"",
        "%\"%c3\"",
        "%\"%2\"",
        "a;B=1",
        "a;",
        "a;b=",
        "a ;b",
        "(a)",
        "{}",
        "é",
        "\ta",
        "a\t",
        "&&&&&",
        "\uffff"
      })
  void item_malformed_empty(String text) {
    assertEquals(Optional.empty(), Structured.item(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a,b | a, b",
        "a \t,\t b;q=1.0 | a, b;q=1.0",
        "(\"a\" \"b\" ) | (\"a\" \"b\")",
        "( a;x  b );y, () | (a;x b);y, ()",
        "`` | ``",
      })
  void list_asItComes_inCanonicalForm(String text, String written) {
    assertEquals(written, Structured.write(Structured.list(text).orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(strings = {",", "a,", "a,,b", ",a", "(a", "(a,b)", "(a)b", "((a))", "a b", "(\ta)"})
  void list_malformed_empty(String text) {
    assertEquals(Optional.empty(), Structured.list(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "max-age=60,no-store | max-age=60, no-store",
        "a=?1, b=?0, c | a, b=?0, c",
        "a;x=1, b=(1 2);y | a;x=1, b=(1 2);y",
        "a=1, b=2, a=3 | a=3, b=2",
        "*=1 | *=1",
        "`` | ``",
      })
  void dictionary_asItComes_inCanonicalForm(String text, String written) {
    assertEquals(written, Structured.write(Structured.dictionary(text).orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"A=1", "MaX-aGe=3600", "a =1", "a= 1", "a=", "a,", "1=a", "a=1 b=2", "a=1, &&&&&"})
  void dictionary_malformed_empty(String text) {
    assertEquals(Optional.empty(), Structured.dictionary(text));
  }

  @Test
  void values_thatCannotBeWritten_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Text("é"));
    assertThrows(IllegalArgumentException.class, () -> new Text("a\nb"));
    assertThrows(IllegalArgumentException.class, () -> new Token(""));
    assertThrows(IllegalArgumentException.class, () -> new Token("1a"));
    assertThrows(IllegalArgumentException.class, () -> new Token("a b"));
    assertThrows(IllegalArgumentException.class, () -> new Whole(1_000_000_000_000_000L));
    assertThrows(IllegalArgumentException.class, () -> new Decimal(new BigDecimal("1e12")));
    assertThrows(IllegalArgumentException.class, () -> new Display("\ud800"));
    Map<String, Structured.Bare> badKey = Map.of("A", Bool.TRUE);
    assertThrows(IllegalArgumentException.class, () -> new Item(Bool.TRUE, badKey));
    Map<String, Member> badMember = Map.of("a b", new Item(Bool.TRUE));
    assertThrows(IllegalArgumentException.class, () -> Structured.write(badMember));
  }

  @Test
  void decimal_isRoundedToThreeDigits_halfToEven() {
    assertEquals(
        "1.002", Structured.write(List.of(new Item(new Decimal(new BigDecimal("1.0025"))))));
    assertEquals("1000.0", Structured.write(List.of(new Item(new Decimal(new BigDecimal("1e3"))))));
  }

  @Test
  void parameters_keepTheirOrder() {
    Map<String, Structured.Bare> parameters = new LinkedHashMap<>();
    parameters.put("z", Bool.TRUE);
    parameters.put("a", new Whole(1));
    InnerList list = new InnerList(List.of(new Item(new Token("t"))), parameters);
    assertEquals("(t);z;a=1", Structured.write(List.of(list)));
  }

  /** Whatever is accepted means the same when it is written and read again. */
  @Test
  void anyText_isRefusedOrRoundTrips() {
    long seed = Long.getLong("darban.seed", System.nanoTime());
    Random random = new Random(seed);
    String alphabet = "ab*;=,() \"\\?01:@%-.\tc3A9é";
    for (int round = 0; round < 60_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(14); i >= 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String value = text.toString();
      String message = value + " of seed " + seed;
      Structured.list(value)
          .ifPresent(list ->
              assertEquals(Optional.of(list), Structured.list(Structured.write(list)), message));
      Structured.dictionary(value)
          .ifPresent(members ->
              assertEquals(
                  Optional.of(members), Structured.dictionary(Structured.write(members)), message));
    }
  }
}
