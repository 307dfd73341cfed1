package darban.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

class TimelinesTest {
  private final Timelines timelines = new Timelines();

  private List<Long> since(long serial) {
    return timelines.since(serial).stream().map(Timeline::serial).toList();
  }

  @Test
  void atFirst_thereIsNone() {
    assertNull(timelines.newest());
    assertEquals(List.of(), since(1));
  }

  @Test
  void playerGetsThem_fromTheOneItBeganWith_orTheNewest() {
    for (long serial = 1; serial <= 3; serial++) {
      assertEquals(timelines.begin(new Timeline(serial, 0, 0)), timelines.newest());
    }
    assertEquals(List.of(2L, 3L), since(2));
    assertEquals(List.of(3L), since(-1));
  }

  @Test
  void encoderThatBeginsAgainAndAgain_takesNoMemory() {
    for (long serial = 1; serial <= 1000; serial++) {
      timelines.begin(new Timeline(serial, 0, 0));
    }
    assertEquals(List.of(1000L), since(1));
    assertEquals(64, since(937).size());
  }
}
