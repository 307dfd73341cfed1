package darban.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TimelinesTest {
  private final Timelines timelines = new Timelines();

  private List<Long> since(long serial) {
    return timelines.since(new Directives.Since(serial, 0, null)).stream()
        .map(Timeline::serial)
        .toList();
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
    assertEquals(List.of(3L), since(4));
    assertEquals(List.of(3L), timelines.since(null).stream().map(Timeline::serial).toList());
  }

  @Test
  void thoseOfAnEarlierProcess_wereBeforeAll() {
    assertTrue(timelines.isBefore(1));
    timelines.begin(new Timeline(5, 0, 0));
    assertTrue(timelines.isBefore(4));
    assertFalse(timelines.isBefore(5));
    assertFalse(timelines.isBefore(6));
  }

  @Test
  void encoderThatBeginsAgainAndAgain_takesNoMemory() {
    for (long serial = 1; serial <= 1000; serial++) {
      timelines.begin(new Timeline(serial, 0, 0));
    }
    assertEquals(64, since(937).size());
    assertEquals(since(937), since(1), "of those that are forgotten");
  }
}
