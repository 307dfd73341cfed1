package darban.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the writer rests, which is for an hour here, and who ends that. */
class WriterTest {
  private final BlockingQueue<String> done = new LinkedBlockingQueue<>();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final Writer writer =
      new Writer(thread, () -> done.add("flushed"), () -> true, Duration.ofHours(1));

  @AfterEach
  void end() throws Exception {
    writer.hurry();
    thread.shutdown();
    assertEquals(true, thread.awaitTermination(20, TimeUnit.SECONDS));
  }

  private void assertDone(String... what) throws Exception {
    for (String each : what) {
      assertEquals(each, done.poll(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void small_isWrittenAtOnce_largeWaits_untilSomebodyIsInAHurry() throws Exception {
    writer.execute(10, () -> done.add("small"));
    assertDone("small", "flushed");
    writer.executeAtLeisure(10, () -> done.add("large"));
    writer.execute(10, () -> done.add("behind"));
    assertEquals(List.of(), List.copyOf(done));
    writer.hurry();
    assertDone("large", "behind", "flushed");
  }

  @Test
  void hurry_isForWhatWasHandedIn_notForWhatComesLater() throws Exception {
    writer.hurry();
    writer.executeAtLeisure(10, () -> done.add("large"));
    assertEquals(20, writer.pending() + 10);
    assertEquals(List.of(), List.copyOf(done));
    writer.hurry();
    assertDone("large", "flushed");
  }

  @Test
  void muchToWrite_endsTheRest() throws Exception {
    writer.executeAtLeisure(10, () -> done.add("first"));
    writer.executeAtLeisure(2 << 20, () -> done.add("much"));
    assertDone("first", "much", "flushed");
  }

  @Test
  void manyTasks_endTheRest() throws Exception {
    for (int i = 0; i < 16; i++) {
      writer.executeAtLeisure(10, () -> done.add("one"));
    }
    for (int i = 0; i < 16; i++) {
      assertDone("one");
    }
    assertDone("flushed");
  }

  @Test
  void whatComesWhileItWorks_waitsForNothing() throws Exception {
    writer.execute(
        0,
        () -> {
          done.add("one");
          writer.executeAtLeisure(10, () -> done.add("large"));
        });
    assertDone("one", "large", "flushed");
  }
}
