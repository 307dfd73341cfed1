package darban.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import io.vertx.core.Future;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to care that is due when the store closes. */
class CareTest {
  private final Logger log = Logger.getLogger("darban");
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Handler watch =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          if (line.getLevel() == Level.SEVERE) {
            failures.add(line.getMessage() + ": " + line.getThrown());
          }
        }

        @Override
        public void flush() {
          // Nothing waits.
        }

        @Override
        public void close() {
          // Holds nothing.
        }
      };

  /** The folder's deletion asks for a snapshot, which the writer comes to when the care is over. */
  @Test
  void snapshot_thatIsDueWhileItCloses_isNoFailure(@TempDir Path root) throws Exception {
    ThreadPoolExecutor writer =
        new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    Crew others = Crew.threads();
    others.writer().shutdown();
    Crew crew = new Crew(writer, others.readers(), others.care(), others.aside());
    DiskOptions options = TestStore.options(root.resolve("cache"), 64 << 20);
    DiskStore store = Await.result(DiskStore.open(options, crew, FileChannel::open));
    CountDownLatch closing = new CountDownLatch(1);
    log.addHandler(watch);
    try {
      writer.execute(() -> {
        try {
          closing.await();
        } catch (InterruptedException stop) {
          Thread.currentThread().interrupt();
        }
      });
      Files.delete(root.resolve("cache/lock"));
      int looksAfterThat = writer.getQueue().size() + 3; // of which each leaves one task at least
      Await.until(
          Duration.ofSeconds(20),
          () -> writer.getQueue().size() >= looksAfterThat,
          () -> "the care does not look: " + writer.getQueue());
      Future<Void> closed = store.close();
      assertTrue(others.care().awaitTermination(20, TimeUnit.SECONDS));
      closing.countDown();
      Await.result(closed);
      assertEquals(List.of(), failures);
    } finally {
      closing.countDown();
      log.removeHandler(watch);
    }
  }
}
