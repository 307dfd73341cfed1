package darban.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.flow.Body;
import darban.flow.FileSlice;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Fields;
import darban.testkit.Await;
import darban.testkit.DrivenStream;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import darban.testkit.RecordingSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One writer, many readers, none of which ever sees a wrong byte. */
@ExtendWith(Guard.class)
class ContentTest {
  private static final int SLICE = 4096;
  private static final ContentBounds BOUNDS =
      new ContentBounds(16 * 1024, 32 * 1024, SLICE, () -> 2 * SLICE, new Backlog(() -> 0));
  private static OneLoop one;
  private static OneLoop two;
  private static ExecutorService disk;

  @TempDir Path folder;
  private int files;

  @BeforeAll
  static void start() {
    one = new OneLoop(Ticker.system());
    two = new OneLoop(Ticker.system());
    disk = Executors.newSingleThreadExecutor();
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    disk.shutdown();
  }

  /** A body that comes in pieces of random size, each in a turn of the loop of its own. */
  private static final class Pieces extends Body.Stream {
    private final Loop loop;
    private final byte[] all;
    private final int breaksAt;
    private final Random random;
    private int position;
    private boolean paused;
    private boolean going;
    private boolean over;
    private @Nullable Sink sink;

    Pieces(Loop loop, byte[] all, int breaksAt, long seed) {
      this.loop = loop;
      this.all = all;
      this.breaksAt = breaksAt;
      this.random = new Random(seed);
    }

    @Override
    public long length() {
      return -1;
    }

    @Override
    public void open(Sink sink) {
      this.sink = sink;
      proceed();
    }

    @Override
    public void pause() {
      paused = true;
    }

    @Override
    public void resume() {
      paused = false;
      proceed();
    }

    @Override
    public void cancel(Failure why) {
      over = true;
    }

    private void proceed() {
      if (!going && !over) {
        going = true;
        loop.execute(this::step);
      }
    }

    private void step() {
      going = false;
      Sink to = Objects.requireNonNull(sink);
      if (over || paused) {
        return;
      }
      if (position >= breaksAt) {
        over = true;
        to.fail(Failure.of(Kind.RESPONSE_INCOMPLETE, "it broke"));
      } else if (position == all.length) {
        over = true;
        to.end(Fields.NONE);
      } else {
        int n = Math.min(1 + random.nextInt(5000), Math.min(breaksAt, all.length) - position);
        ByteBuf piece = Unpooled.directBuffer(n).writeBytes(all, position, n);
        position += n;
        to.data(piece);
        to.flush();
        proceed();
      }
    }
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private Content content(long length, Random random) {
    int file = files++;
    boolean noDisk = random.nextInt(6) == 0;
    return Content.coming(
        BOUNDS,
        length,
        () ->
            noDisk
                ? null
                : new TempSlices(
                    folder.resolve("f" + file), SLICE, disk, () -> random.nextInt(200) == 0));
  }

  @Test
  void oneFeed_manyReaders_eachGetsExactlyItsPart() throws Exception {
    long seed = Long.getLong("darban.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      String where = "seed " + seed + " round " + round;
      int length = random.nextInt(4) == 0 ? random.nextInt(2 * SLICE) : random.nextInt(150_000);
      byte[] all = random(random, length);
      Content content = content(random.nextBoolean() ? length : -1, new Random(random.nextLong()));
      boolean breaks = random.nextInt(5) == 0;
      int breaksAt = breaks ? random.nextInt(length + 1) : Integer.MAX_VALUE;
      Feed feed = content.feed(0, content.length(), false);
      List<Checking> readers = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        readers.add(reader(content, all, random));
      }
      // Only when all have joined: one that wants nothing is done at once, and the last to leave
      // gives the feed up.
      for (Checking reader : readers) {
        reader.open();
      }
      long pieces = random.nextLong();
      AtomicInteger over = new AtomicInteger();
      one.run(() ->
          feed.start(
              one.loop(),
              new Pieces(one.loop(), all, breaksAt, pieces),
              why -> over.incrementAndGet()));
      for (Checking reader : readers) {
        reader.await(where);
        String outcome = String.valueOf(reader.outcome());
        assertTrue(
            List.of("whole", "left", "failed").contains(outcome), () -> where + ": " + outcome);
      }
      content.release();
      Await.until(Duration.ofSeconds(10), () -> over.get() == 1, () -> where + ": " + over.get());
    }
  }

  private Checking reader(Content content, byte[] all, Random random) {
    OneLoop on = random.nextBoolean() ? one : two;
    boolean whole = random.nextBoolean();
    int from = whole ? 0 : random.nextInt(all.length + 1);
    int to = whole ? all.length : from + random.nextInt(all.length - from + 1);
    long until = whole && content.length() < 0 ? Long.MAX_VALUE : to;
    ContentReader reader =
        Objects.requireNonNull(
            ContentReader.of(content, on.loop(), from, until, ContentReader.Fetcher.NONE),
            "given up early");
    int leaves = random.nextInt(8) == 0 ? random.nextInt(1 + to - from) : Integer.MAX_VALUE;
    return new Checking(on, reader, Arrays.copyOfRange(all, from, to), leaves, random.nextLong());
  }

  @Test
  void missingSlices_areFetched_neverTwiceAtOnce_andReadRight() throws Exception {
    long seed = Long.getLong("darban.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 80; round++) {
      String where = "seed " + seed + " round " + round;
      byte[] all = random(random, 1 + random.nextInt(40 * SLICE));
      TempSlices file = new TempSlices(folder.resolve("g" + round), SLICE, disk, () -> false);
      Content content = Content.of(BOUNDS, all.length, file);
      AtomicInteger asked = new AtomicInteger();
      AtomicInteger over = new AtomicInteger();
      List<Checking> readers = new ArrayList<>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        readers.add(fetching(content, all, random, asked, over));
        if (random.nextInt(3) == 0) {
          readers.getLast().await(where);
          file.forgetVerified();
        }
      }
      for (Checking reader : readers) {
        reader.await(where);
        assertTrue(List.of("whole", "left").contains(reader.outcome()), where + reader.outcome());
      }
      Await.until(
          Duration.ofSeconds(10), () -> content.feeds() == 0, () -> where + ": a feed goes on");
      content.release();
      Await.until(Duration.ofSeconds(10), () -> over.get() == asked.get(), () -> where);
      assertEquals(0, content.feeds());
    }
  }

  /** A feed of all from {@code slice} on, and who reads it, up to where it leaves. */
  private record Reading(Pieces pieces, Checking reader) {
    static Reading of(Content content, byte[] all, int slice, int slices) throws Exception {
      int from = slice * SLICE;
      byte[] part = Arrays.copyOfRange(all, from, all.length);
      ContentReader reader =
          Objects.requireNonNull(
              ContentReader.of(content, one.loop(), from, all.length, (start, end) -> false));
      Reading reading =
          new Reading(
              new Pieces(one.loop(), part, Integer.MAX_VALUE, slice),
              new Checking(one, reader, part, slices * SLICE, slice));
      Feed feed = content.feed(from, all.length, true);
      one.run(() -> feed.start(one.loop(), reading.pieces, why -> {}));
      reading.reader.open();
      return reading;
    }
  }

  @Test
  void feedWhoseReaderLeft_isGivenUp_thoughAnotherReadsFurtherOn() throws Exception {
    byte[] all = random(new Random(1), 100 * SLICE);
    TempSlices file = new TempSlices(folder.resolve("left"), SLICE, disk, () -> false);
    Content content = Content.of(BOUNDS, all.length, file);
    Reading further = Reading.of(content, all, 50, 48);
    Reading leaving = Reading.of(content, all, 0, 2);
    leaving.reader.await("leaving");
    further.reader.await("further on");
    Await.until(Duration.ofSeconds(10), () -> content.feeds() == 0, () -> "a feed goes on");
    assertTrue(
        leaving.pieces.position < 20 * SLICE, () -> leaving.pieces.position + " bytes were asked");
    content.release();
  }

  @Test
  void feedThatComesToWhatIsThere_endsThere() throws Exception {
    byte[] all = random(new Random(1), 100 * SLICE);
    TempSlices file = new TempSlices(folder.resolve("there"), SLICE, disk, () -> false);
    Content content = Content.of(BOUNDS, all.length, file);
    Reading.of(content, all, 50, 100).reader.await("the second half");
    Await.until(Duration.ofSeconds(10), () -> content.feeds() == 0, () -> "a feed goes on");
    Reading whole = Reading.of(content, all, 0, 200);
    whole.reader.await("the whole");
    assertEquals("whole", whole.reader.outcome());
    assertTrue(
        whole.pieces.position < 53 * SLICE, () -> whole.pieces.position + " bytes were asked");
    content.release();
  }

  @Test
  void readerGetsWhatComes_atOnce_thoughItIsToBeWokenLater() throws Exception {
    TempSlices file = new TempSlices(folder.resolve("wake"), SLICE, disk, () -> false);
    Content content = Content.of(BOUNDS, 4L * SLICE, file);
    Feed feed = content.feed(0, 4L * SLICE, true);
    ContentReader reader = reader(content, 0, 4L * SLICE);
    RecordingSink sink = new RecordingSink();
    one.run(() -> {
      feed.start(one.loop(), new DrivenStream(-1), why -> {});
      reader.open(sink);
      CompletableFuture.runAsync(reader::wake).join();
      feed.data(Unpooled.directBuffer(SLICE).writeZero(SLICE));
      assertEquals(SLICE, sink.text().length());
      reader.cancel(Failure.of(Kind.CLIENT_GONE, "enough"));
    });
    content.release();
    Await.until(Duration.ofSeconds(10), () -> content.feeds() == 0, () -> "a feed goes on");
  }

  @Test
  void whatIsWritten_isInMemory_forWhoComesToItNext_asLongAsThereIsRoom() throws Exception {
    TempSlices file = new TempSlices(folder.resolve("room"), SLICE, disk, () -> false);
    Content content = Content.of(BOUNDS, 40L * SLICE, file);
    Feed feed = content.feed(0, 40L * SLICE, true);
    ContentReader reader = reader(content, 0, 40L * SLICE);
    one.run(() -> feed.start(one.loop(), new DrivenStream(-1), why -> {}));
    int room = BOUNDS.unwritten() / SLICE;
    for (int slice = 0; slice < room; slice++) {
      one.run(() -> feed.data(Unpooled.directBuffer(SLICE).writeZero(SLICE)));
    }
    Await.until(Duration.ofSeconds(10), () -> file.isPresent(room - 5), () -> "not written");
    assertInstanceOf(Next.Piece.class, released(content.next(0, SLICE)));
    one.run(() -> feed.data(Unpooled.directBuffer(SLICE).writeZero(SLICE)));
    assertInstanceOf(Next.Run.class, released(content.next(0, SLICE)));
    one.run(() -> reader.cancel(Failure.of(Kind.CLIENT_GONE, "enough")));
    content.release();
    Await.until(Duration.ofSeconds(10), () -> content.feeds() == 0, () -> "a feed goes on");
  }

  private static void bring(Feed feed, int slices) throws Exception {
    for (int i = 0; i < slices; i++) {
      one.run(() -> feed.data(Unpooled.directBuffer(SLICE).writeZero(SLICE)));
    }
  }

  /** All that wait, leave. */
  private static void leave(Content content, ContentReader... readers) throws Exception {
    for (ContentReader reader : readers) {
      one.run(() -> reader.cancel(Failure.of(Kind.CLIENT_GONE, "enough")));
    }
    content.release();
    Await.until(Duration.ofSeconds(10), () -> content.feeds() == 0, () -> "a feed goes on");
  }

  @Test
  void whoWaitsAheadOfFeed_isFlushedForItsHead_andThenOnlyWithBytes() throws Exception {
    TempSlices file = new TempSlices(folder.resolve("ahead"), SLICE, disk, () -> false);
    Content content = Content.of(BOUNDS, 40L * SLICE, file);
    Feed feed = content.feed(0, 40L * SLICE, true);
    ContentReader reader = reader(content, 2 * SLICE, 40L * SLICE);
    RecordingSink sink = new RecordingSink();
    one.run(() -> feed.start(one.loop(), new DrivenStream(-1), why -> {}));
    one.run(() -> reader.open(sink));
    assertEquals("f", sink.events());
    bring(feed, 2);
    assertEquals("f", sink.events(), "nothing was for it");
    bring(feed, 1);
    assertEquals("fdf", sink.events());
    leave(content, reader);
  }

  @Test
  void lastBytesOfRun_areFlushed_onceAndBeforeItsReaderWaitsForFeed() throws Exception {
    TempSlices file = new TempSlices(folder.resolve("run"), SLICE, Runnable::run, () -> false);
    file.write(
        0, List.of(Unpooled.directBuffer(SLICE).writeZero(SLICE)), false, failed -> file.seal(0));
    Content content = Content.of(BOUNDS, 40L * SLICE, file);
    Feed feed = content.feed(SLICE, 40L * SLICE, true);
    ContentReader reader = reader(content, 0, 40L * SLICE);
    RecordingSink sink = new RecordingSink();
    one.run(() -> feed.start(one.loop(), new DrivenStream(-1), why -> {}));
    one.run(() -> reader.open(sink));
    Await.until(Duration.ofSeconds(10), () -> reader.position() == SLICE, () -> "not read");
    // Behind what the loop does with these bytes, which is to wait for more.
    one.run(() -> assertEquals("df", sink.events()));
    bring(feed, 1);
    assertEquals("dfdf", sink.events());
    leave(content, reader);
  }

  @Test
  void whoPausesWithMoreAtHand_isFlushedForWhatItGot() throws Exception {
    TempSlices file = new TempSlices(folder.resolve("pause"), SLICE, disk, () -> false);
    Content content = Content.of(BOUNDS, 40L * SLICE, file);
    Feed feed = content.feed(0, 40L * SLICE, true);
    ContentReader reader = reader(content, 0, 40L * SLICE);
    one.run(() -> feed.start(one.loop(), new DrivenStream(-1), why -> {}));
    bring(feed, 2);
    RecordingSink sink =
        new RecordingSink() {
          @Override
          public void data(ByteBuf bytes) {
            super.data(bytes);
            reader.pause();
          }
        };
    one.run(() -> reader.open(sink));
    assertEquals("df", sink.events());
    one.run(reader::resume);
    assertEquals("dfdf", sink.events());
    leave(content, reader);
  }

  @Test
  void feedThatWaitsForSlowReader_goesOn_forOneThatComesToItsEnd() throws Exception {
    TempSlices file = new TempSlices(folder.resolve("joins"), SLICE, disk, () -> false);
    Content content = Content.of(BOUNDS, 40L * SLICE, file);
    Feed feed = content.feed(0, 40L * SLICE, true);
    ContentReader slow = reader(content, 0, 40L * SLICE);
    DrivenStream source = new DrivenStream(-1);
    one.run(() -> feed.start(one.loop(), source, why -> {}));
    bring(feed, 3);
    assertTrue(source.paused(), "it is as far ahead of its only reader as it may be");
    ContentReader next = reader(content, 3 * SLICE, 40L * SLICE);
    one.run(() -> next.open(new RecordingSink()));
    // Behind what its coming put onto the loop.
    one.run(() -> assertFalse(source.paused(), "it waits for the slow one"));
    leave(content, slow, next);
  }

  private static Next released(Next next) {
    switch (next) {
      case Next.Piece(ByteBuf bytes) -> bytes.release();
      case Next.Run(FileSlice slice) -> slice.close();
      default -> {}
    }
    return next;
  }

  private static ContentReader reader(Content content, long from, long to) {
    return Objects.requireNonNull(
        ContentReader.of(content, one.loop(), from, to, ContentReader.Fetcher.NONE));
  }

  private Checking fetching(
      Content content, byte[] all, Random random, AtomicInteger asked, AtomicInteger over)
      throws Exception {
    OneLoop on = random.nextBoolean() ? one : two;
    int from = random.nextInt(all.length);
    int to = from + random.nextInt(all.length - from + 1);
    ContentReader.Fetcher fetcher =
        (start, end) -> {
          for (long[] run : content.missing(start, end, 1)) {
            Feed feed = content.feed(run[0], run[1], true);
            asked.incrementAndGet();
            byte[] part = Arrays.copyOfRange(all, (int) run[0], (int) run[1]);
            feed.start(
                on.loop(),
                new Pieces(on.loop(), part, Integer.MAX_VALUE, run[0]),
                why -> over.incrementAndGet());
          }
          return true;
        };
    ContentReader reader =
        Objects.requireNonNull(
            ContentReader.of(content, on.loop(), from, to, fetcher), "given up early");
    int leaves = random.nextInt(5) == 0 ? random.nextInt(1 + to - from) : Integer.MAX_VALUE;
    Checking checking =
        new Checking(on, reader, Arrays.copyOfRange(all, from, to), leaves, random.nextLong());
    checking.open();
    return checking;
  }
}
