package darban.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.testkit.DrivenStream;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import darban.testkit.RecordingSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Guard.class)
class SequenceTest {
  private final Failure why = Failure.of(Kind.CLIENT_GONE, "x");
  private static OneLoop one;

  @TempDir Path folder;
  private final List<ByteBuf> buffers = new ArrayList<>();

  @BeforeAll
  static void start() {
    one = new OneLoop(Ticker.system());
  }

  @AfterAll
  static void stop() {
    one.close();
  }

  private Body bytes(String text) {
    ByteBuf buffer = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    buffers.add(buffer);
    return new Body.Bytes(buffer);
  }

  private OpenFile file(String text) throws Exception {
    return OpenFile.open(Files.writeString(folder.resolve("f" + text.length()), text));
  }

  private void allReleased() {
    buffers.forEach(each -> assertEquals(0, each.refCnt()));
  }

  @Test
  void parts_ofEveryKind_oneAfterAnother() throws Exception {
    OpenFile file = file("0123456789");
    DrivenStream driven = new DrivenStream(3);
    RecordingSink sink = new RecordingSink();
    Body.File middle = new Body.File(new FileSlice(file, 2, 5));
    Sequence sequence =
        new Sequence(one.loop(), List.of(bytes("a"), middle, Body.NONE, bytes("b"), driven));
    assertEquals(10, sequence.length());
    one.run(() -> sequence.open(sink));
    darban.testkit.Await.until(
        java.time.Duration.ofSeconds(10), () -> sink.text().length() == 7, sink::events);
    one.run(() -> driven.emit("xyz").end());
    assertEquals("a23456bxyz", sink.await().text());
    assertTrue(sink.events().endsWith("fe"), sink.events());
    assertFalse(file.channel().isOpen());
    allReleased();
  }

  @Test
  void pause_betweenParts_holdsTheNext() throws Exception {
    one.run(() -> {
      DrivenStream driven = new DrivenStream(1);
      Sequence[] sequence = new Sequence[1];
      RecordingSink sink =
          new RecordingSink() {
            @Override
            public void data(ByteBuf bytes) {
              sequence[0].pause();
              super.data(bytes);
            }
          };
      sequence[0] = new Sequence(one.loop(), List.of(bytes("a"), bytes("b"), driven));
      sequence[0].open(sink);
      assertEquals("a", sink.text());
      sequence[0].resume();
      assertEquals("ab", sink.text());
      sequence[0].resume();
      driven.emit("c");
      assertTrue(driven.paused());
      sequence[0].resume();
      assertFalse(driven.paused());
      driven.end();
      assertEquals("abc", sink.text());
      assertTrue(sink.events().endsWith("e"));
    });
    allReleased();
  }

  @Test
  void part_fails_soDoesAll_andTheRestIsLetGo() throws Exception {
    OpenFile file = file("0123456789");
    one.run(() -> {
      DrivenStream driven = new DrivenStream(5);
      RecordingSink sink = new RecordingSink();
      Body.File last = new Body.File(new FileSlice(file, 0, 10));
      Sequence sequence = new Sequence(one.loop(), List.of(driven, bytes("b"), last));
      sequence.open(sink);
      driven.emit("ab");
      driven.sink().fail(why);
      assertEquals("ab", sink.text());
      assertEquals(why, sink.failure());
      sequence.cancel(why);
    });
    assertFalse(file.channel().isOpen());
    allReleased();
  }

  @Test
  void cancel_beforeWithinAndAfter_letsGoOfAll() throws Exception {
    for (boolean opened : new boolean[] {false, true}) {
      OpenFile file = file("0123456789");
      one.run(() -> {
        DrivenStream driven = new DrivenStream(5);
        RecordingSink sink = new RecordingSink();
        Body.File last = new Body.File(new FileSlice(file, 0, 10));
        Sequence sequence = new Sequence(one.loop(), List.of(driven, bytes("b"), last));
        if (opened) {
          sequence.open(sink);
        }
        sequence.cancel(why);
        sequence.cancel(why);
        assertNotNull(driven.cancelled());
        assertEquals("", sink.events());
      });
      assertFalse(file.channel().isOpen());
      allReleased();
    }
  }

  /** Parts that come when the test says so. */
  private static final class Coming implements Sequence.Parts {
    private final Deque<Promise<Body>> asked = new ArrayDeque<>();
    private int left;
    private int abandoned;
    private int closed;

    Coming(int left) {
      this.left = left;
    }

    @Override
    public @Nullable Future<Body> next() {
      if (left == 0) {
        return null;
      }
      left--;
      asked.add(Promise.promise());
      return asked.getLast().future();
    }

    @Override
    public void abandon(Failure why) {
      abandoned++;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  @Test
  void partsThatCome_areAskedForOneByOne_andFlushedWhileOneWaits() throws Exception {
    Coming coming = new Coming(2);
    RecordingSink sink = new RecordingSink();
    Sequence sequence = new Sequence(one.loop(), coming, 4);
    one.run(() -> sequence.open(sink));
    assertEquals(1, coming.asked.size());
    one.run(() -> coming.asked.getFirst().complete(bytes("ab")));
    assertEquals(2, coming.asked.size());
    assertTrue(sink.events().endsWith("df"), sink.events());
    one.run(sequence::pause);
    one.run(() -> coming.asked.getLast().complete(bytes("cd")));
    assertTrue(sink.events().endsWith("df"), sink.events());
    assertEquals(0, coming.closed);
    one.run(sequence::resume);
    assertEquals("abcd", sink.await().text());
    assertEquals(1, coming.closed);
    allReleased();
  }

  @Test
  void partThatCannotBeHad_failsAll() throws Exception {
    Coming coming = new Coming(2);
    RecordingSink sink = new RecordingSink();
    one.run(() -> new Sequence(one.loop(), coming, 4).open(sink));
    one.run(() -> coming.asked.getFirst().fail(why));
    assertEquals(why, sink.await().failure());
    assertEquals(1, coming.closed);
  }

  @Test
  void cancelled_whileAPartIsOnItsWay_lettingGoWaitsForIt() throws Exception {
    Coming coming = new Coming(2);
    Sequence sequence = new Sequence(one.loop(), coming, 4);
    one.run(() -> sequence.open(new RecordingSink()));
    one.run(() -> sequence.cancel(why));
    assertEquals(1, coming.abandoned);
    assertEquals(0, coming.closed);
    one.run(() -> coming.asked.getFirst().complete(bytes("ab")));
    assertEquals(1, coming.closed);
    allReleased();
  }
}
