package darban.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CapacityTest {
  @ParameterizedTest
  @ValueSource(longs = {16, 1 << 20, 64 << 20, 5L << 30})
  void memory_isForWhatIsStored_whatComes_andWhatWaitsForTheDisk_ifThereIsOne(long memory) {
    Capacity limits = new Capacity(memory, 1 << 20, 1 << 30, 1 << 20, 2 << 20);
    assertEquals(memory, limits.stored(true) + limits.filling() + limits.backlog());
    assertEquals(memory, limits.stored(false) + limits.filling());
  }
}
