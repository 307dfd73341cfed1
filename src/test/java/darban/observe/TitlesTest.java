package darban.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clocks of the machine may begin anywhere. */
class TitlesTest {
  private static final long SECOND = 1_000_000_000L;

  private final Titles<String, Title> titles = new Titles<>((key, nanos) -> new Title(nanos));

  @ParameterizedTest
  @ValueSource(longs = {0, -7_000 * SECOND, Long.MAX_VALUE - 50 * SECOND})
  void titles_areAHundred_thoseNobodyAsksForGoFirst(long began) {
    Title first = titles.of("0", began);
    for (int i = 1; i < 100; i++) {
      titles.of(Integer.toString(i), began + i * SECOND);
    }
    assertSame(first, titles.of("0", began + 100 * SECOND));
    titles.of("100", began + 101 * SECOND);
    titles.of("101", began + 102 * SECOND);
    Set<String> all = new HashSet<>();
    titles.forEach((key, title) -> all.add(key));
    assertEquals(100, all.size());
    assertNull(titles.known("1"));
    assertNull(titles.known("2"));
    assertSame(first, titles.known("0"));
  }

  @Test
  void title_thatComesAgain_countsFromNothing() {
    Title first = titles.of("first", 0);
    first.requested();
    for (int i = 0; i < 100; i++) {
      titles.of(Integer.toString(i), SECOND);
    }
    Title again = titles.of("first", 2 * SECOND);
    assertNotSame(first, again);
    assertEquals(0, again.requests());
  }

  @Test
  void viewers_areThoseOfLate_bytesAreAll() {
    Title title = titles.of("a", 0);
    title.sent(1, 10, 0);
    title.sent(1, 10, SECOND);
    title.sent(2, 10, 14 * SECOND);
    assertEquals(2, title.viewers(15 * SECOND));
    assertEquals(1, title.viewers(17 * SECOND));
    assertEquals(0, title.viewers(60 * SECOND));
    assertEquals(30, title.sent());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, NaN",
    "0, 9, NaN",
    "100, 0, 1",
    "100, 25, 0.75",
    "100, 100, 0",
    "100, 250, 0",
  })
  void offload_isTheShareThatTheOriginNeedNotSend(long sent, long received, double ratio) {
    assertEquals(ratio, Title.offload(sent, received));
  }
}
