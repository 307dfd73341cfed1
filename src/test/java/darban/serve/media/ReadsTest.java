package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.testkit.Await;
import darban.testkit.OneLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReadsTest {
  private static final int AT_ONCE = 2;

  @SuppressWarnings("NullAway.Init")
  private static OneLoop loop;

  private final Reads<String> reads = new Reads<>(new Turns(AT_ONCE, 100));
  private final List<Promise<String>> begun = new ArrayList<>();
  private final List<Consumer<Failure>> leaving = new ArrayList<>();
  private final List<Failure> aborted = new ArrayList<>();

  @BeforeAll
  static void start() {
    loop = new OneLoop(Ticker.system());
  }

  @AfterAll
  static void stop() throws Exception {
    loop.close();
  }

  /** Reads until the test completes what it has begun, or it is given up. */
  private Future<String> ask(String name) throws Exception {
    return ask(
        name,
        turn -> {
          Promise<String> mine = Promise.promise();
          begun.add(mine);
          turn.onGivenUp(why -> {
            aborted.add(why);
            mine.fail(why);
          });
          return mine.future();
        });
  }

  private Future<String> ask(String name, Function<Turns.Turn, Future<String>> reader)
      throws Exception {
    return loop.on(() -> reads.of(loop.loop(), leaving::add, name, reader));
  }

  private void leaves(int number) throws Exception {
    loop.run(() -> leaving.get(number).accept(Failure.of(Kind.CLIENT_GONE, "client has left")));
  }

  /** How many have begun once the loop has done all that it was told. */
  private int begun() throws Exception {
    return loop.on(begun::size);
  }

  /** Each of them lets go of it, in time or late. */
  @Test
  void whatIsGot_belongsToEachWhoIsTold_alsoToWhoHasLeft() throws Exception {
    Reads<ByteBuf> owned =
        new Reads<>(
            new Turns(AT_ONCE, 100),
            (got, more) -> {
              for (int i = 0; i < more; i++) {
                got.retain();
              }
            });
    for (int many : new int[] {1, 2, 5}) {
      Promise<ByteBuf> read = Promise.promise();
      List<Future<ByteBuf>> asked = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        asked.add(loop.on(() -> owned.of(loop.loop(), leaving::add, "a", turn -> read.future())));
      }
      leaves(leaving.size() - 1);
      ByteBuf bytes = Unpooled.directBuffer(10);
      read.complete(bytes);
      for (Future<ByteBuf> each : asked) {
        assertSame(bytes, Await.result(each));
      }
      assertEquals(many, bytes.refCnt());
      bytes.release(many);
    }
  }

  @Test
  void manyWhoAsk_oneReads_andWhoAsksLaterReadsAnew() throws Exception {
    List<Future<String>> asked = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      asked.add(ask("a"));
    }
    assertEquals(1, begun());
    String read = new String("film");
    begun.getFirst().complete(read);
    for (Future<String> each : asked) {
      assertSame(read, Await.result(each));
    }
    ask("a");
    assertEquals(2, begun());
  }

  @Test
  void failure_isToldToAll_andKeptForNobody() throws Exception {
    List<Future<String>> asked = List.of(ask("a"), ask("a"));
    assertEquals(1, begun());
    begun.getFirst().fail("unreadable");
    for (Future<String> each : asked) {
      assertThrows(Exception.class, () -> Await.result(each));
      assertTrue(each.failed());
    }
    Future<String> again = ask("a");
    assertEquals(2, begun());
    begun.getLast().complete("film");
    Await.result(again);
  }

  @Test
  void more_waitForTheirTurn_howeverThoseBeforeThemEnd() throws Exception {
    List<Future<String>> asked = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      asked.add(ask("film " + i));
    }
    assertEquals(AT_ONCE, begun());
    begun.get(0).complete("film");
    assertEquals(AT_ONCE + 1, begun());
    begun.get(1).fail("unreadable");
    assertEquals(AT_ONCE + 2, begun());
    assertFalse(asked.getLast().isComplete());
    begun.get(2).complete("film");
    begun.get(3).complete("film");
    assertEquals(5, begun());
    begun.get(4).complete("film");
    Await.result(asked.getLast());
  }

  @Test
  void readerThatThrows_fails_andHoldsNoTurn() throws Exception {
    for (int i = 0; i <= AT_ONCE; i++) {
      Future<String> asked =
          ask(
              "broken",
              turn -> {
                throw new IllegalStateException("a bug");
              });
      assertThrows(IllegalStateException.class, () -> Await.result(asked));
    }
    ask("sound");
    assertEquals(1, begun());
  }

  @Test
  void read_thatOneOfManyLeaves_goesOn_forHimToo() throws Exception {
    Future<String> first = ask("a");
    Future<String> second = ask("a");
    assertEquals(1, begun());
    leaves(0);
    assertEquals(0, loop.on(aborted::size));
    begun.getFirst().complete("film");
    assertEquals("film", Await.result(second));
    assertEquals("film", Await.result(first));
  }

  @Test
  void read_thatAllLeave_isGivenUp_andWhoAsksThenReadsAnew() throws Exception {
    List<Future<String>> left = List.of(ask("a"), ask("a"));
    assertEquals(1, begun());
    leaves(0);
    leaves(1);
    Future<String> after = ask("a");
    assertEquals(2, begun());
    assertEquals(1, aborted.size());
    for (Future<String> each : left) {
      Failure why = assertThrows(Failure.class, () -> Await.result(each));
      assertEquals(Kind.CLIENT_GONE, why.kind());
    }
    begun.getLast().complete("film");
    assertEquals("film", Await.result(after));
  }

  @Test
  void read_thatCannotBeEnded_isThereForWhoAsksNext_thoughAllHaveLeft() throws Exception {
    Promise<String> mine = Promise.promise();
    ask("a", turn -> mine.future());
    leaves(0);
    Future<String> next = ask("a");
    assertEquals(0, begun());
    mine.complete("film");
    assertEquals("film", Await.result(next));
  }

  @Test
  void read_thatAllLeaveInLine_neverBegins() throws Exception {
    ask("a");
    ask("b");
    Future<String> left = ask("c");
    Future<String> next = ask("d");
    leaves(2);
    assertThrows(Failure.class, () -> Await.result(left));
    begun.getFirst().complete("film");
    assertEquals(3, begun());
    begun.getLast().complete("next");
    assertEquals("next", Await.result(next));
  }
}
