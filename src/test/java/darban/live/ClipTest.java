package darban.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import darban.testkit.RecordingSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Guard.class)
class ClipTest {
  private final Failure broke = Failure.of(Kind.RESPONSE_INCOMPLETE, "broke");

  @SuppressWarnings("NullAway.Init")
  private static OneLoop loop;

  private final Ledger ledger = new Ledger();
  private final Clip clip = new Clip(ledger, "x", 1, -1, 0);
  private final StreamCounters counters = new StreamCounters(nanos -> {});

  @BeforeAll
  static void start() {
    loop = new OneLoop(Ticker.system());
  }

  @AfterAll
  static void stop() {
    loop.close();
  }

  private void append(String text) {
    ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    clip.append(bytes, 1);
    bytes.release();
  }

  private @Nullable ClipReader reader(long from, long to) {
    return ClipReader.of(clip, loop.loop(), from, to, counters);
  }

  private RecordingSink read(long from, long to) throws Exception {
    RecordingSink sink = new RecordingSink();
    ClipReader reader = Objects.requireNonNull(reader(from, to));
    loop.run(() -> reader.open(sink));
    return sink;
  }

  private static String text(int length) {
    return new Random(length)
        .ints(length, 'a', 'z')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Around the ends of pages, which are of 8, 16, 32 and then 64 KiB. */
  @ParameterizedTest
  @ValueSource(ints = {1, 8191, 8192, 8193, 24_576, 57_343, 57_344, 57_345, 200_000})
  void bytes_ofAnyNumber_areReadAsWritten_inAnyPart(int length) throws Exception {
    String all = text(length);
    append(all.substring(0, length / 3));
    RecordingSink early = read(0, Long.MAX_VALUE);
    append(all.substring(length / 3));
    clip.end(2);
    assertEquals(all, early.await().text());
    assertEquals(all, read(0, Long.MAX_VALUE).await().text());
    int from = length / 2;
    assertEquals(all.substring(from), read(from, length).await().text());
    assertEquals(
        all.substring(from), new String(clip.copy(from, length), StandardCharsets.ISO_8859_1));
    clip.release();
    assertEquals(0, ledger.kept().get());
  }

  @Test
  void reader_thatTakesNothing_holdsNobodyUp_andGetsAllLater() throws Exception {
    RecordingSink slow = new RecordingSink();
    ClipReader reader = Objects.requireNonNull(reader(0, Long.MAX_VALUE));
    loop.run(() -> {
      reader.pause();
      reader.open(slow);
    });
    append(text(100_000));
    clip.end(2);
    assertEquals(100_000, read(0, Long.MAX_VALUE).await().text().length());
    assertEquals("", slow.text());
    // It is found no more, and takes memory as long as it is read.
    clip.giveUp();
    assertEquals(0, ledger.kept().get());
    assertTrue(ledger.leaving().get() >= 100_000);
    loop.run(reader::resume);
    assertEquals(100_000, slow.await().text().length());
    assertEquals(0, ledger.leaving().get());
  }

  @Test
  void reader_ofWhatBreaks_getsWhatThereIs_thenAFailure() throws Exception {
    append("some");
    RecordingSink sink = read(0, Long.MAX_VALUE);
    clip.fail(broke, 2);
    sink.await();
    assertEquals("some", sink.text());
    assertEquals(broke, sink.failure());
    clip.release();
    assertNull(reader(0, Long.MAX_VALUE));
  }

  @Test
  void reader_cut_fails_andLetsGo() throws Exception {
    append("some");
    RecordingSink sink = read(0, Long.MAX_VALUE);
    clip.giveUp();
    assertTrue(ledger.leaving().get() > 0);
    clip.cut(broke);
    sink.await();
    assertNotNull(sink.failure());
    assertEquals(0, ledger.leaving().get());
  }
}
