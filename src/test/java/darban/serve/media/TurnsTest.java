package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.testkit.Await;
import darban.testkit.FakeTicker;
import darban.testkit.OneLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final int PLACES = 3;
  private static final long ROOM = 100;

  private final FakeTicker ticker = new FakeTicker();
  private final Turns turns = new Turns(PLACES, ROOM);
  private final List<Turns.Turn> begun = new ArrayList<>();
  private final List<Failure> aborted = new ArrayList<>();
  private OneLoop loop;

  @BeforeEach
  void start() {
    loop = new OneLoop(ticker);
  }

  @AfterEach
  void stop() {
    loop.close();
  }

  private Turns.Turn turn() throws Exception {
    Turns.Turn turn = turns.lineUp(loop.loop(), begun::add);
    turn.onGivenUp(aborted::add);
    loop.run(() -> {});
    return turn;
  }

  private Future<Scratch> room(Turns.Turn turn, long bytes) throws Exception {
    Future<Scratch> room = loop.on(() -> turn.room(bytes));
    loop.run(() -> {});
    return room;
  }

  private void close(Future<Scratch> room) throws Exception {
    loop.run(room.result()::close);
    loop.run(() -> {});
  }

  @Test
  void room_thatIsTaken_isWaitedFor_inOrder() throws Exception {
    Future<Scratch> first = room(turn(), 60);
    Future<Scratch> second = room(turn(), 50);
    Future<Scratch> third = room(turn(), 10);
    assertTrue(first.succeeded());
    assertFalse(second.isComplete() || third.isComplete());
    close(first);
    assertTrue(second.succeeded() && third.succeeded());
    close(second);
    close(third);
  }

  @Test
  void room_beyondAllThereIs_isForOneAlone() throws Exception {
    Future<Scratch> small = room(turn(), 1);
    Future<Scratch> large = room(turn(), 10 * ROOM);
    Future<Scratch> next = room(turn(), 1);
    assertFalse(large.isComplete());
    close(small);
    assertTrue(large.succeeded());
    assertFalse(next.isComplete());
    assertThrows(IllegalArgumentException.class, () -> large.result().take(10 * ROOM + 1));
    assertEquals(10 * ROOM, large.result().take(10 * ROOM).capacity());
    close(large);
    assertTrue(next.succeeded());
    close(next);
  }

  @Test
  void room_thatWhatIsKeptLeavesNone_isForWhoKeepsMost() throws Exception {
    Turns.Turn little = turn();
    Turns.Turn much = turn();
    Future<Scratch> first = room(little, 10);
    little.keeps(40);
    much.keeps(60);
    Future<Scratch> again = room(turn(), 10);
    Future<Scratch> growing = room(much, 10);
    assertFalse(again.isComplete() || growing.isComplete());
    close(first);
    assertTrue(growing.succeeded());
    assertFalse(again.isComplete());
    close(growing);
    // Now it is the other one's turn, although it does not fit either.
    assertTrue(again.succeeded());
    close(again);
    loop.run(much::over);
    Future<Scratch> last = room(little, 60);
    assertTrue(last.succeeded());
    close(last);
  }

  @Test
  void turn_thatIsGivenUpWhileItWaitsForRoom_getsNone_andLetsOthersBy() throws Exception {
    Future<Scratch> first = room(turn(), 60);
    Turns.Turn leaving = turn();
    Future<Scratch> second = room(leaving, 50);
    Future<Scratch> third = room(turn(), 10);
    leaving.giveUp(Failure.of(Kind.CLIENT_GONE, "client has left"), () -> true);
    Await.until(Duration.ofSeconds(5), third::succeeded, () -> "third " + third);
    assertTrue(second.failed());
    assertTrue(room(leaving, 1).failed());
    close(first);
    close(third);
  }

  @Test
  void turn_thatIsSlow_givesWay_onlyOnceOthersWait() throws Exception {
    Turns.Turn slow = turn();
    Future<Scratch> room = room(slow, ROOM);
    ticker.pass(Turns.TIME.plusMinutes(10));
    loop.run(() -> slow.tick(ticker.nanos()));
    assertNull(slow.givenUp());
    Future<Scratch> next = room(turn(), 1);
    loop.run(() -> slow.tick(ticker.nanos()));
    assertEquals(List.of(Kind.RESPONSE_TIMEOUT), aborted.stream().map(Failure::kind).toList());
    close(room);
    assertTrue(next.succeeded());
    close(next);
  }

  @Test
  void turn_thatIsQuick_keepsItsPlace_whoeverWaits() throws Exception {
    Turns.Turn quick = turn();
    Future<Scratch> room = room(quick, ROOM);
    Future<Scratch> next = room(turn(), 1);
    ticker.pass(Turns.TIME);
    loop.run(() -> quick.tick(ticker.nanos()));
    assertNull(quick.givenUp());
    close(room);
    close(next);
  }

  @Test
  void place_isFreeAgain_whenATurnIsOver() throws Exception {
    for (int i = 0; i < PLACES; i++) {
      turn();
    }
    turn();
    assertEquals(PLACES, begun.size());
    begun.getFirst().over();
    loop.run(() -> {});
    assertEquals(PLACES + 1, begun.size());
  }
}
