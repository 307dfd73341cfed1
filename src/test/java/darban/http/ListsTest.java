package darban.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '\u0001',
      textBlock =
          """
          a ! a
          a,b ! a|b
          a , b ! a|b
          ,a,,b, ! a|b
          , ,! |
          "a,b",c ! "a,b"|c
          "a\\",b",c ! "a\\",b"|c
          a="x,y";q=1, b ! a="x,y";q=1|b
          "open, end ! "open, end
          a, "b\\ ! a|"b\\
          a, b\\ ! a|b\\
          """)
  void members_list_split(String list, String members) {
    assertEquals(members.equals("|") ? "" : members, String.join("|", Lists.members(list)));
  }

  @Test
  void contains_anyMemberInAnyCase() {
    assertTrue(Lists.contains("close", "CLOSE"));
    assertTrue(Lists.contains("a, Close ,b", "close"));
    assertFalse(Lists.contains("a, closed", "close"));
    assertFalse(Lists.contains("\"x, close\"", "close"));
    assertFalse(Lists.contains("", "close"));
    assertFalse(Lists.contains("clos", "close"));
  }

  @Test
  void members_randomText_loseNothingButCommasAndSpace() {
    Random random = new Random(23);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(10); n >= 0; n--) {
        text.append("ab,\"\\ \t".charAt(random.nextInt(7)));
      }
      List<String> members = Lists.members(text.toString());
      String kept = String.join("", members).replaceAll("[, \t]", "");
      assertEquals(text.toString().replaceAll("[, \t]", ""), kept, text::toString);
    }
  }
}
