package darban.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.FakeTicker;
import darban.testkit.OneLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
  private final FakeTicker ticker = new FakeTicker();
  private final OneLoop one = new OneLoop(ticker);

  @AfterEach
  void close() {
    one.close();
  }

  /** Counts how often it is looked at, and may do something then. */
  private static final class Counting implements Watched {
    private final Runnable then;
    private final AtomicInteger looks = new AtomicInteger();
    private volatile long seen;
    private int index = -1;

    Counting(Runnable then) {
      this.then = then;
    }

    @Override
    public void tick(long nanos) {
      looks.incrementAndGet();
      seen = nanos;
      then.run();
    }

    @Override
    public int watchIndex() {
      return index;
    }

    @Override
    public void watchIndex(int index) {
      this.index = index;
    }
  }

  @Test
  void watch_twiceASecond_withTheLoopsTime_untilUnwatched() throws Exception {
    Counting watched = new Counting(() -> {});
    one.run(() -> {
      one.loop().watch(watched);
      one.loop().watch(watched);
    });
    assertEquals(0, watched.watchIndex());
    ticker.pass(Duration.ofSeconds(7));
    until(() -> watched.looks.get() >= 2 && watched.seen == ticker.nanos());
    one.run(() -> {
      one.loop().unwatch(watched);
      one.loop().unwatch(watched);
    });
    int looks = watched.looks.get();
    Counting other = new Counting(() -> {});
    one.run(() -> one.loop().watch(other));
    until(() -> other.looks.get() >= 2);
    assertEquals(looks, watched.looks.get());
    assertEquals(-1, watched.watchIndex());
  }

  @Test
  void tick_watchedThrows_othersAreLookedAtStill() throws Exception {
    List<Throwable> reported = new ArrayList<>();
    one.context().exceptionHandler(reported::add);
    Counting last = new Counting(() -> {});
    Counting broken =
        new Counting(() -> {
          throw new IllegalStateException("bug");
        });
    one.run(() -> {
      one.loop().watch(last);
      one.loop().watch(broken);
    });
    until(() -> last.looks.get() >= 2 && broken.looks.get() >= 2);
    assertTrue(
        one.on(() -> reported.size() >= 2 && "bug".equals(reported.getFirst().getMessage())));
  }

  @Test
  void tick_someLeaveWhileLookedAt_eachOtherIsSeen() throws Exception {
    List<Counting> all = new ArrayList<>();
    Loop loop = one.loop();
    for (int i = 0; i < 6; i++) {
      int own = i;
      all.add(
          new Counting(() -> {
            if (own == 5) {
              loop.unwatch(all.get(5));
              loop.unwatch(all.get(0));
            } else if (own == 2) {
              loop.unwatch(all.get(4));
            }
          }));
    }
    one.run(() -> all.forEach(loop::watch));
    until(() -> all.get(1).looks.get() >= 2);
    one.run(() -> {
      assertEquals(0, all.get(0).looks.get());
      assertEquals(1, all.get(5).looks.get());
      for (int i : new int[] {1, 2, 3}) {
        assertTrue(all.get(i).looks.get() >= 1, "number " + i);
        assertTrue(all.get(i).watchIndex() >= 0);
      }
      assertEquals(-1, all.get(4).watchIndex());
    });
  }

  @Test
  void watch_randomComingAndGoing_listStaysWhole() throws Exception {
    Random random = new Random(41);
    List<Counting> in = new ArrayList<>();
    one.run(() -> {
      for (int i = 0; i < 5_000; i++) {
        if (in.isEmpty() || random.nextBoolean()) {
          Counting more = new Counting(() -> {});
          in.add(more);
          one.loop().watch(more);
        } else {
          one.loop().unwatch(in.remove(random.nextInt(in.size())));
        }
      }
      assertEquals(in.size(), in.stream().mapToInt(Counting::watchIndex).distinct().count());
      in.forEach(each -> assertTrue(each.watchIndex() >= 0 && each.watchIndex() < in.size()));
    });
    until(() -> in.stream().allMatch(each -> each.looks.get() >= 1));
  }

  @Test
  void date_isRenewed() throws Exception {
    assertEquals("Fri, 02 Jan 2026 03:04:05 GMT", one.on(one.loop()::date));
    ticker.pass(Duration.ofSeconds(60));
    until(() -> one.on(one.loop()::date).equals("Fri, 02 Jan 2026 03:05:05 GMT"));
    assertTrue(one.loop().eventLoop() == one.loop().context().nettyEventLoop());
  }

  private static void until(java.util.concurrent.Callable<Boolean> condition) throws Exception {
    Await.until(Duration.ofSeconds(10), condition, () -> "not in time");
  }
}
