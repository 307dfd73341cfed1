package darban.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FieldNameTest {
  private static List<FieldName> constants() {
    return Arrays.stream(FieldName.class.getDeclaredFields())
        .filter(each -> each.getType() == FieldName.class && Modifier.isPublic(each.getModifiers()))
        .map(FieldNameTest::value)
        .toList();
  }

  private static FieldName value(Field field) {
    try {
      return (FieldName) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void of_knownNameInAnyCase_isTheConstant() {
    assertTrue(constants().size() > 70);
    for (FieldName name : constants()) {
      String spelling = name.toString();
      assertSame(name, FieldName.of(spelling));
      assertSame(name, FieldName.of(spelling.toLowerCase(Locale.ROOT)));
      assertSame(name, FieldName.of(spelling.toUpperCase(Locale.ROOT)));
      byte[] within = ("x" + spelling + "y").getBytes(StandardCharsets.ISO_8859_1);
      assertSame(name, FieldName.of(within, 1, within.length - 1));
      assertEquals(spelling.toLowerCase(Locale.ROOT), name.lower());
    }
  }

  @Test
  void of_nearlyKnownName_isAnother() {
    for (FieldName name : constants()) {
      String spelling = name.toString();
      assertNotEquals(name, FieldName.of(spelling + "-"));
      assertNotEquals(name, FieldName.of(spelling.substring(1)));
      assertNotEquals(name, FieldName.of(spelling.replace('-', '_') + "_"));
      // Not letters, but as far from each other as letters of two cases are.
      assertNotEquals(FieldName.of(spelling + "^"), FieldName.of(spelling + "~"));
    }
  }

  @Test
  void of_otherName_keepsItsSpellingAndIgnoresCase() {
    FieldName name = FieldName.of("X-Own_Thing");
    assertEquals("X-Own_Thing", name.toString());
    assertEquals("x-own_thing", name.lower());
    assertEquals(name, FieldName.of("x-OWN_thing"));
    assertEquals(name.hashCode(), FieldName.of("x-OWN_thing").hashCode());
    assertNotEquals(name, FieldName.of("X-Own-Thing"));
    byte[] to = new byte[name.length() + 2];
    assertEquals(name.length() + 1, name.copy(to, 1));
    assertEquals("X-Own_Thing", new String(to, 1, name.length(), StandardCharsets.ISO_8859_1));
  }

  @Test
  void equality_randomNames_isThatOfTheirLowerCase() {
    Random random = new Random(17);
    for (int i = 0; i < 50_000; i++) {
      String a = word(random);
      String b = random.nextBoolean() ? a.toUpperCase(Locale.ROOT) : word(random);
      boolean same = a.equalsIgnoreCase(b);
      assertEquals(same, FieldName.of(a).equals(FieldName.of(b)), () -> a + " and " + b);
    }
  }

  private static String word(Random random) {
    StringBuilder word = new StringBuilder();
    for (int n = random.nextInt(3); n >= 0; n--) {
      word.append("aB^~-_`!".charAt(random.nextInt(8)));
    }
    return word.toString();
  }

  @Test
  void hopByHop_theNamesOfRfc9110() {
    assertEquals(
        "[connection, keep-alive, proxy-connection, transfer-encoding, te, upgrade,"
            + " http2-settings, proxy-authorization, proxy-authenticate]",
        constants().stream()
            .filter(FieldName::isHopByHop)
            .map(FieldName::lower)
            .toList()
            .toString());
  }
}
