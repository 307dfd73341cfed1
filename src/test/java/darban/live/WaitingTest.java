package darban.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import darban.testkit.FakeTicker;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Guard.class)
class WaitingTest {
  private static final long MOST = 1000;

  private final FakeTicker ticker = new FakeTicker();
  private final List<Long> times = new ArrayList<>();
  private final Waiting waiting = new Waiting(times::add);
  private OneLoop loop;
  private volatile @Nullable String found;

  @BeforeEach
  void start() throws Exception {
    loop = new OneLoop(ticker);
  }

  @AfterEach
  void stop() throws Exception {
    loop.close();
  }

  private Future<Optional<String>> hold() throws Exception {
    return loop.on(() -> waiting.<String>hold(loop.loop(), MOST, () -> found).future());
  }

  /** Lets those who were told look. */
  private void ring() throws Exception {
    waiting.ring();
    loop.run(() -> {});
  }

  @Test
  void requestIsHeld_untilItIsThere() throws Exception {
    Future<Optional<String>> held = hold();
    ticker.pass(Duration.ofNanos(MOST - 1));
    ring();
    assertFalse(held.isComplete());
    found = "it";
    ring();
    assertEquals(Optional.of("it"), held.result());
    assertEquals(List.of(MOST - 1), times);
  }

  @Test
  void whatDoesNotCome_isNotWaitedForLonger() throws Exception {
    Future<Optional<String>> held = hold();
    ticker.pass(Duration.ofNanos(MOST));
    ring();
    assertEquals(Optional.empty(), held.result());
  }

  @Test
  void whereNothingWillCome_nobodyWaits() throws Exception {
    Future<Optional<String>> before = hold();
    waiting.close();
    Future<Optional<String>> after = hold();
    loop.run(() -> {});
    assertEquals(Optional.empty(), before.result());
    assertEquals(Optional.empty(), after.result());
  }
}
