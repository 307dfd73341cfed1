package darban.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Ticker;
import darban.http.Fields;
import darban.testkit.DrivenStream;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a feed holds in memory has a bound, however slow its readers and the disk are. */
@ExtendWith(Guard.class)
class FeedMemoryTest {
  private static final int SLICE = 4096;
  private static final int LENGTH = 60 * SLICE;
  private static final int MOST_OF_PIECE = 5000;
  private static final int OWN = 32 * 1024;
  private static OneLoop one;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    one = new OneLoop(Ticker.system());
  }

  @AfterAll
  static void stop() {
    one.close();
  }

  /**
   * A content on its way: a source that heeds pauses, a disk that writes when told. On the loop.
   */
  private static final class Coming {
    final Queue<Runnable> disk = new ArrayDeque<>();
    final DrivenStream source = new DrivenStream(-1);
    final List<ByteBuf> pieces = new ArrayList<>();
    final Random random;
    final byte[] all = new byte[LENGTH];
    final boolean resumable;
    final List<TempSlices> slices = new ArrayList<>();
    final Content content;
    final Feed feed;
    final ContentReader paused;
    final List<Checking> readers = new ArrayList<>();
    int position;

    Coming(Path file, Backlog backlog, Random random) throws Exception {
      this.random = random;
      random.nextBytes(all);
      ContentBounds bounds = new ContentBounds(OWN / 2, OWN, SLICE, () -> 2 * SLICE, backlog);
      content =
          Content.coming(
              bounds,
              LENGTH,
              () -> {
                slices.add(new TempSlices(file, SLICE, disk::add, () -> false));
                return slices.getFirst();
              });
      resumable = random.nextBoolean();
      feed = content.feed(0, LENGTH, resumable);
      one.run(() -> feed.start(one.loop(), source, why -> {}));
      paused = reader(0);
      paused.pause();
      reader(0);
      for (Checking reader : readers) {
        reader.open();
      }
    }

    ContentReader reader(int from) {
      ContentReader reader =
          Objects.requireNonNull(
              ContentReader.of(content, one.loop(), from, LENGTH, ContentReader.Fetcher.NONE));
      byte[] expected = Arrays.copyOfRange(all, from, LENGTH);
      readers.add(new Checking(one, reader, expected, Integer.MAX_VALUE, random.nextLong()));
      return reader;
    }

    /** A piece comes, or the disk gets to a write. */
    void step() {
      if (source.paused() && !resumable) {
        // For nothing but the disk.
        assertTrue(slices.getFirst().hurries() > 0, "the disk was not told that it is waited for");
      }
      boolean write = random.nextInt(8) == 0 || source.paused();
      if (write && !disk.isEmpty()) {
        disk.remove().run();
      } else if (!source.paused() && position < LENGTH) {
        int n = Math.min(1 + random.nextInt(MOST_OF_PIECE), LENGTH - position);
        ByteBuf piece = Unpooled.directBuffer(n, n).writeBytes(all, position, n);
        position += n;
        pieces.add(piece);
        feed.data(piece);
        if (position == LENGTH) {
          feed.end(Fields.NONE);
        }
      }
    }

    /** Bytes of pieces that nobody has let go of, between two turns of the loop. */
    int held() {
      pieces.removeIf(piece -> piece.refCnt() == 0);
      return pieces.stream().mapToInt(ByteBuf::capacity).sum();
    }

    /** All that came is written; then the paused reader reads, which finds it in the file only. */
    void finish(String where) throws Exception {
      one.run(this::write);
      assertEquals(0, content.feeds(), where);
      assertEquals(0, held(), where);
      one.run(paused::resume);
      for (Checking reader : readers) {
        reader.await(where);
        assertEquals("whole", reader.outcome(), where);
      }
      content.release();
      one.run(this::write);
    }

    private void write() {
      while (!disk.isEmpty()) {
        disk.remove().run();
      }
    }
  }

  /**
   * @param shared bytes that all feeds have waiting for the disk, beyond what each may have
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 50_000})
  void feed_holdsNoMoreThanItsBound_forPausedReader_whoFindsTheRestInTheFile(int shared)
      throws Exception {
    long seed = Long.getLong("darban.seed", System.nanoTime());
    Random random = new Random(seed);
    int[] mostShared = {0};
    for (int round = 0; round < 10; round++) {
      String where = "seed " + seed + " round " + round;
      Backlog backlog = new Backlog(() -> shared);
      List<Coming> several = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Random own = new Random(random.nextLong());
        several.add(new Coming(folder.resolve(round + "-" + i), backlog, own));
      }
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (several.stream().anyMatch(coming -> coming.position < LENGTH)) {
        assertTrue(System.nanoTime() < deadline, () -> where + ": a source waits for ever");
        Coming next = several.get(random.nextInt(several.size()));
        one.run(next::step);
        one.run(() -> {
          int all = 0;
          for (Coming coming : several) {
            int over = Math.max(0, coming.held() - OWN);
            // The piece with which it reached its bound is over it.
            assertTrue(over <= shared + MOST_OF_PIECE, () -> where + ": " + over);
            all += over;
          }
          int sum = all;
          assertTrue(sum <= shared + 3 * MOST_OF_PIECE, () -> where + ": " + sum + " of all");
          mostShared[0] = Math.max(mostShared[0], sum);
        });
      }
      for (Coming coming : several) {
        coming.finish(where);
      }
      assertEquals(0, backlog.waiting(), where);
    }
    assertEquals(shared > 0, mostShared[0] > 3 * MOST_OF_PIECE, () -> mostShared[0] + " shared");
  }
}
