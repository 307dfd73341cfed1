package darban.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class PauseTest {
  private static final long SECOND = 1_000_000_000L;

  private final LongAdder failures = new LongAdder();
  private final Pause pause = new Pause(failures);
  private int tries;
  private boolean full = true;

  private void run(long nanos) throws IOException {
    pause.run(
        nanos,
        () -> {
          tries++;
          if (full) {
            throw new IOException("full");
          }
        });
  }

  @Test
  void disk_thatStaysFull_isToldOnce_andTriedEverLessOften() throws IOException {
    assertThrows(IOException.class, () -> run(0));
    for (long at = 0; at < 600 * SECOND; at += SECOND / 2) {
      run(at);
    }
    // After 1, 3, 7, 15, 31 seconds, and then every minute.
    assertTrue(tries >= 14 && tries <= 17, () -> tries + " times");
    assertEquals(tries, failures.sum());
  }

  @Test
  void disk_thatWorksForAsLong_isToldAnew_notEarlier() throws IOException {
    assertThrows(IOException.class, () -> run(0));
    full = false;
    run(SECOND);
    full = true;
    run(SECOND + SECOND / 2);
    full = false;
    run(4 * SECOND);
    run(6 * SECOND);
    full = true;
    assertThrows(IOException.class, () -> run(7 * SECOND));
    assertEquals(3, failures.sum());
  }
}
