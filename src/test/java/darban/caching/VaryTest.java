package darban.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.http.Fields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VaryTest {
  private static Vary vary(String names, Fields request) {
    return Vary.of(request, Fields.of("Vary", names), 8).orElseThrow();
  }

  /** RFC 9111 §4.1: fails to match everything. */
  @ParameterizedTest
  @ValueSource(strings = {"*", "*, *", ", *", "*, Foo", "Foo, *", " , ,*"})
  void star_nothing(String value) {
    assertTrue(Vary.of(Fields.NONE, Fields.of("Vary", value), 8).isEmpty());
  }

  @Test
  void star_inAnyLine_nothing() {
    assertTrue(Vary.of(Fields.NONE, Fields.of("Vary", "", "Vary", "*"), 8).isEmpty());
    assertTrue(Vary.of(Fields.NONE, Fields.of("Vary", "*", "Vary", "*"), 8).isEmpty());
    assertTrue(Vary.of(Fields.NONE, Fields.of("Vary", "A", "Vary", "b, *"), 8).isEmpty());
  }

  @Test
  void absent_everything() {
    Vary vary = Vary.of(Fields.of("A", "1"), Fields.NONE, 8).orElseThrow();
    assertSame(Vary.NOTHING, vary);
    assertTrue(vary.matches(Fields.of("A", "2")));
  }

  @Test
  void moreNamesThanAllowed_nothing_butTheSameNameCountsOnce() {
    assertTrue(Vary.of(Fields.NONE, Fields.of("Vary", "a, b, c"), 2).isEmpty());
    assertEquals(2, Vary.of(Fields.NONE, Fields.of("Vary", "a, B, A, b"), 2).orElseThrow().size());
  }

  @ParameterizedTest(name = "{0}: {1}: {2} / {3} is {4}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      value = {
        "RFC 9111 §4.1 same                      | Foo | 1     | 1       | true",
        "RFC 9111 §4.1 other                     | Foo | 1     | 2       | false",
        "RFC 9111 §4.1 in the stored one only    | Foo | 1     | -       | false",
        "RFC 9111 §4.1 in the new one only       | Foo | -     | 1       | false",
        "RFC 9111 §4.1 in none                   | Foo | -     | -       | true",
        "RFC 9111 §4.1 empty is not absent       | Foo | ``    | -       | false",
        "RFC 9111 §4.1 white space               | Foo | 1,2   | 1 ,  2  | true",
        "RFC 9111 §4.1 empty members             | Foo | 1,2   | 1,,2,   | true",
        "RFC 9111 §4.1 white space in quotes     | Foo | \"1,2\" | \"1, 2\" | false",
        "RFC 9111 §4.1 order may mean something  | Foo | 1,2   | 2,1     | false",
        "RFC 9111 §4.1 case may mean something   | Foo | a     | A       | false",
        "RFC 9110 §12.5.4 order                  | Accept-Language | en, de    | de, en          | true",
        "RFC 9110 §12.5.4 case                   | Accept-Language | en-GB, de | EN-gb,DE        | true",
        "RFC 9110 §12.5.4 weights                | Accept-Language | en;q=0.5,de | de , en; Q=0.500 | true",
        "RFC 9110 §12.5.4 other weights          | Accept-Language | en;q=0.5,de | de;q=0.5,en     | false",
        "RFC 9110 §12.5.4 other languages        | Accept-Language | en, de    | en              | false",
        "RFC 9110 §12.5.3 order, space           | Accept-Encoding | gzip, br  | br,gzip         | true",
        "RFC 9110 §8.4.1.3 x-gzip                | Accept-Encoding | x-gzip    | GZIP            | true",
        "RFC 9110 §12.5.3 refused                | Accept-Encoding | gzip      | gzip;q=0        | false",
        "RFC 9110 §12.5.3 one is the default     | Accept-Encoding | gzip      | gzip;q=1.0      | true",
        "RFC 9110 §12.4.2 no weight              | Accept-Encoding | gzip;q=2  | gzip            | false",
        "RFC 9110 §12.4.2 no weight, same        | Accept-Encoding | gzip;q=x,br | gzip;q=x , br | true",
        "RFC 9842 §6.2   dictionary              | Available-Dictionary | :a=: | :b=:           | false",
      })
  void matches(String rule, String name, String stored, String asked, boolean same) {
    Fields before = stored == null ? Fields.NONE : Fields.of(name, stored);
    Fields now = asked == null ? Fields.NONE : Fields.of(name, asked);
    assertEquals(same, vary(name, before).matches(now), rule);
    assertEquals(same, vary(name, before).sameAs(vary(name, now)), rule);
  }

  @Test
  void matches_allLinesOfAField() {
    assertTrue(vary("Foo", Fields.of("Foo", "1, 2")).matches(Fields.of("Foo", "1", "foo", "2")));
  }

  @Test
  void matches_allFields() {
    Vary vary = vary("Foo, Bar,baz", Fields.of("Foo", "1", "Bar", "abc"));
    assertTrue(vary.matches(Fields.of("Bar", "abc", "Other", "x", "Foo", "1")));
    assertFalse(vary.matches(Fields.of("Bar", "abcde", "Foo", "1")));
    assertFalse(vary.matches(Fields.of("Bar", "abc", "Foo", "1", "Baz", "1")));
  }
}
