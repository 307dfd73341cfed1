package darban.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.flow.Body;
import darban.testkit.FakeTicker;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The numbers of segments and breaks. */
@ExtendWith(Guard.class)
class TrackTest {
  private static final Duration WINDOW = Duration.ofSeconds(30);
  private static final HubConfig CONFIG = HubConfigs.of(WINDOW);

  private final FakeTicker ticker = new FakeTicker();
  private OneLoop loop;
  private Hub hub;

  @BeforeEach
  void start() throws Exception {
    loop = new OneLoop(ticker);
    hub = new Hub("test", CONFIG, ticker, lag -> {});
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
    loop.close();
  }

  /** All of a film at once, as a track of that name. */
  private TrackView published(String track) throws Exception {
    Body film = new Body.Bytes(Unpooled.copiedBuffer(Films.track()));
    loop.run(() -> hub.publish("cam", track + ".cmfv", loop.loop(), film));
    return Objects.requireNonNull(stream().track(track)).view();
  }

  private LiveStream stream() {
    return Objects.requireNonNull(hub.find("cam"));
  }

  private static void assertAbove(TrackView before, TrackView after) {
    assertTrue(after.whole().getFirst().sequence > before.lastSequence());
    assertTrue(after.breaksGone() > before.breaksGone());
  }

  @Test
  void tracksOfAStream_beginWithTheSameNumber() throws Exception {
    TrackView one = published("one");
    ticker.pass(Duration.ofSeconds(20));
    TrackView two = published("two");
    assertEquals(one.whole().getFirst().sequence, two.whole().getFirst().sequence);
    assertEquals(one.breaksGone(), two.breaksGone());
  }

  @Test
  void afterRestart_numbersAreAboveThoseBefore_ofShortSegmentsToo() throws Exception {
    TrackView before = published("video");
    assertEquals(6, before.whole().size());
    hub.close();
    ticker.pass(Duration.ofSeconds(2)); // as if each had taken a third of it
    hub = new Hub("test", CONFIG, ticker, lag -> {});
    assertAbove(before, published("video"));
  }

  @Test
  void trackThatBeginsAnewWhileOthersGoOn_isNumberedAboveWhatItWas() throws Exception {
    TrackView before = published("video");
    Duration most = Duration.ofMinutes(2);
    for (Duration past = Duration.ZERO; past.compareTo(most) < 0; past = past.plusSeconds(10)) {
      ticker.pass(Duration.ofSeconds(10));
      published("other");
      hub.tick(ticker.nanos());
    }
    assertNull(stream().track("video"), "all of it is older than the window");
    assertAbove(before, published("video"));
  }
}
