package darban.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.testkit.DrivenStream;
import darban.testkit.FakeTicker;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import darban.testkit.RecordingSink;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Guard.class)
class SpliceTest {
  private final Failure why = Failure.of(Kind.CONNECTION_TERMINATED, "lost");
  private static FakeTicker ticker;
  private static OneLoop one;

  private final End client = new End();
  private final End origin = new End();
  private final List<String> done = new ArrayList<>();

  @BeforeAll
  static void start() {
    ticker = new FakeTicker();
    one = new OneLoop(ticker);
  }

  @AfterAll
  static void stop() {
    one.close();
  }

  /** An end of a tunnel that the test holds in its hand. */
  private static final class End implements Duplex {
    private final DrivenStream incoming = new DrivenStream(-1);
    private final RecordingSink sent = new RecordingSink();
    private Body.@Nullable Stream outgoing;
    private @Nullable Failure reset;

    @Override
    public Body.Stream incoming() {
      return incoming;
    }

    @Override
    public void send(Body.Stream bytes) {
      outgoing = bytes;
      bytes.open(sent);
    }

    @Override
    public void reset(Failure why) {
      reset = why;
    }

    @Override
    public @Nullable Channel plainChannel() {
      return null;
    }
  }

  private Splice splice() {
    return new Splice(
            one.loop(),
            client,
            origin,
            Duration.ofSeconds(30),
            end -> done.add(end == null ? "well" : end.kind().name()))
        .start();
  }

  @Test
  void bytes_bothWays_counted() throws Exception {
    one.run(() -> {
      Splice splice = splice();
      client.incoming.emit("hello").sink().flush();
      origin.incoming.emit("welcome!");
      assertEquals("hello", origin.sent.text());
      assertEquals("df", origin.sent.events());
      assertEquals("welcome!", client.sent.text());
      assertEquals(5, splice.bytesUp());
      assertEquals(8, splice.bytesDown());
      client.incoming.end();
      origin.incoming.end();
    });
  }

  @Test
  void halfClose_otherDirectionGoesOn_thenAllEndsWell() throws Exception {
    one.run(() -> {
      Splice splice = splice();
      client.incoming.emit("a").end();
      assertEquals("de", origin.sent.events());
      assertEquals(List.of(), done);
      origin.incoming.emit("bcd");
      assertEquals("bcd", client.sent.text());
      origin.incoming.end();
      assertEquals("de", client.sent.events());
      assertEquals(List.of("well"), done);
      assertNull(client.reset);
      assertNull(origin.reset);
      assertEquals(-1, splice.watchIndex());
    });
  }

  @Test
  void failure_ofOneEnd_resetsBothAndIsToldOnce() throws Exception {
    one.run(() -> {
      splice();
      origin.incoming.sink().fail(why);
      client.incoming.sink().fail(why);
      assertEquals(List.of("CONNECTION_TERMINATED"), done);
      assertNotNull(client.reset);
      assertNotNull(origin.reset);
      assertTrue(client.sent.events().contains("x"));
    });
  }

  @Test
  void target_givesUp_sourceIsCancelled() throws Exception {
    one.run(() -> {
      splice();
      java.util.Objects.requireNonNull(origin.outgoing).cancel(why);
      assertEquals(why, client.incoming.cancelled());
      assertEquals(List.of("CONNECTION_TERMINATED"), done);
      assertNotNull(client.reset);
    });
  }

  @Test
  void backPressure_reachesTheSource() throws Exception {
    one.run(() -> {
      Splice splice = splice();
      Body.Stream toOrigin = java.util.Objects.requireNonNull(origin.outgoing);
      assertEquals(-1, toOrigin.length());
      toOrigin.pause();
      assertTrue(client.incoming.paused());
      assertFalse(origin.incoming.paused());
      toOrigin.resume();
      assertFalse(client.incoming.paused());
      splice.tick(ticker.nanos() + Duration.ofSeconds(31).toNanos());
    });
  }

  @Test
  void silence_inBothDirections_endsIt_anyByteExtends() throws Exception {
    one.run(() -> {
      Splice splice = splice();
      for (int i = 0; i < 3; i++) {
        ticker.pass(Duration.ofSeconds(29));
        splice.tick(ticker.nanos());
        assertEquals(List.of(), done);
        (i == 1 ? client : origin).incoming.emit("x");
      }
      ticker.pass(Duration.ofSeconds(31));
      splice.tick(ticker.nanos());
      assertEquals(List.of("CONNECTION_TIMEOUT"), done);
      assertNotNull(client.reset);
      assertNotNull(origin.reset);
    });
  }
}
