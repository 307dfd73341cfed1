package darban.listen;

import static darban.listen.Pressure.State.EASY;
import static darban.listen.Pressure.State.REFUSING;
import static darban.listen.Pressure.State.SHEDDING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.listen.Pressure.Level;
import org.junit.jupiter.api.Test;

class PressureTest {
  private Level descriptors = new Level(100, 1000);
  private Level memory = new Level(0, 1 << 30);
  private final Pressure pressure = new Pressure(() -> descriptors, () -> memory);

  @Test
  void look_high_shedsThenRefuses_untilThereIsRoom() {
    assertEquals(EASY, pressure.look());
    descriptors = new Level(899, 1000);
    assertEquals(EASY, pressure.look());
    descriptors = new Level(900, 1000);
    assertEquals(SHEDDING, pressure.look());
    assertFalse(pressure.admits());
    assertEquals(REFUSING, pressure.look());
    descriptors = new Level(860, 1000);
    assertEquals(REFUSING, pressure.look(), "not to swing to and fro");
    descriptors = new Level(849, 1000);
    assertEquals(EASY, pressure.look());
    assertTrue(pressure.admits());
  }

  @Test
  void look_memoryAlone_isEnough() {
    memory = new Level(95, 100);
    assertEquals(SHEDDING, pressure.look());
    assertEquals(REFUSING, pressure.look());
    memory = new Level(10, 100);
    assertEquals(EASY, pressure.look());
  }

  @Test
  void look_unknownBounds_arePressureOfNothing() {
    descriptors = new Level(5000, 0);
    memory = new Level(-1, Long.MAX_VALUE);
    assertEquals(EASY, pressure.look());
    assertTrue(pressure.admits());
  }

  @Test
  void admits_betweenTwoLooks_noMoreThanDescriptorsSuffice() {
    descriptors = new Level(880, 1000);
    assertEquals(EASY, pressure.look());
    for (int i = 0; i < 10; i++) {
      assertTrue(pressure.admits(), "each may need two of the twenty that are left");
      pressure.admitted();
    }
    assertFalse(pressure.admits());
    for (int i = 0; i < 50; i++) {
      assertFalse(pressure.exhausted(), "a hundred are kept back for those already accepted");
      pressure.admitted();
    }
    assertTrue(pressure.exhausted());
    assertEquals(SHEDDING, pressure.look());
    descriptors = new Level(840, 1000);
    assertEquals(EASY, pressure.look());
    assertTrue(pressure.admits());
  }

  @Test
  void ofProcess_readsWhatTheSystemSays() {
    assertEquals(EASY, Pressure.ofProcess(() -> 1L << 40).look());
  }
}
