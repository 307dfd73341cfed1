package darban.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryPolicyTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      quoteCharacter = '`',
      value = {
        "WHOLE   | b=1&a=2        | b=1&a=2",
        "WHOLE   | ``             | ``",
        "WHOLE   | -              | -",
        "DROPPED | a=1            | -",
        "DROPPED | -              | -",
        "drop    | sid=1          | -",
        "drop    | a=1&sid=2&b=3  | a=1&b=3",
        "drop    | utm_a=1&utm=2  | utm=2",
        "drop    | sidx=1&xsid=1  | sidx=1&xsid=1",
        "drop    | SID=1          | SID=1",
        "drop    | sid            | -",
        "drop    | a=1&&b         | a=1&&b",
        "drop    | a=sid          | a=sid",
        "keep    | x=1&sid=2&y=3  | sid=2",
        "keep    | x=1            | -",
        "keep    | utm_&utm_x=1   | utm_&utm_x=1",
        "sort    | b=1&a=2&b=0    | a=2&b=1&b=0",
        "sort    | b&a            | a&b",
        "both    | b=1&sid=1&a=2  | a=2&b=1",
      })
  void apply(String policy, String query, String kept) {
    List<String> patterns = List.of("sid", "utm_*");
    QueryPolicy each =
        switch (policy) {
          case "WHOLE" -> QueryPolicy.WHOLE;
          case "DROPPED" -> QueryPolicy.DROPPED;
          case "drop" -> QueryPolicy.dropping(patterns);
          case "keep" -> QueryPolicy.keeping(patterns);
          case "sort" -> QueryPolicy.WHOLE.inAnyOrder();
          default -> QueryPolicy.dropping(patterns).inAnyOrder();
        };
    assertEquals(kept, each.apply(query));
  }

  @Test
  void without_knownSets() {
    QueryPolicy policy =
        QueryPolicy.WHOLE
            .without(QueryPolicy.Known.TRACKING)
            .without(QueryPolicy.Known.CMCD)
            .without(QueryPolicy.Known.SESSION)
            .without(QueryPolicy.Known.TOKEN);
    assertEquals("v=1", policy.apply("utm_source=x&CMCD=br%3D1&v=1&sid=3&token=4&gclid=5"));
    assertEquals("_HLS_msn=3", policy.apply("_HLS_msn=3"));
    QueryPolicy keeping = QueryPolicy.keeping(List.of("v"));
    assertSame(keeping, keeping.without(QueryPolicy.Known.TRACKING));
    assertSame(QueryPolicy.DROPPED, QueryPolicy.DROPPED.without(QueryPolicy.Known.CMCD));
  }
}
