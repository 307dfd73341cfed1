package darban.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PerSecondTest {
  @Test
  void text_isWorkedOutOnceASecond_backwardsToo() {
    List<Instant> asked = new ArrayList<>();
    PerSecond seconds =
        new PerSecond(second -> {
          asked.add(second);
          return second.toString();
        });
    Instant at = Instant.parse("2026-01-02T03:04:05.000000001Z");
    String text = "2026-01-02T03:04:05Z";
    assertEquals(text, seconds.of(at));
    assertEquals(text, seconds.of(at.plusMillis(999)));
    assertEquals("2026-01-02T03:04:06Z", seconds.of(at.plusSeconds(1)));
    assertEquals(text, seconds.of(at));
    assertEquals(3, asked.size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.600Z",
        "2026-01-02T03:04:05.067Z",
        "2026-01-02T03:04:05.000600Z",
        "2026-01-02T03:04:05.123456789Z",
        "2026-01-02T03:04:05.000000001Z",
        "1969-12-31T23:59:59.500Z",
      })
  void time_inALine_isAsAnInstantShowsIt(String text) {
    JsonLine line = new JsonLine();
    line.time("ts", Instant.parse(text));
    assertEquals("{\"ts\":\"" + Instant.parse(text) + "\"}\n", line.end());
  }
}
