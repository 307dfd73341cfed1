package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.BulkClient;
import darban.testkit.BulkOrigin;
import darban.testkit.DarbanProcess;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bodies far larger than the memory that Darban is given, and than 32 bits can count, pass whole:
 * both ways, over both versions.
 */
class C05BulkIT {
  private static final long EACH = (4L << 30) + 1;
  private static final int HEAP_MIB = 64;
  private static final int DIRECT_MIB = 128;

  /** Code, classes, stacks and the collector's books: what a JVM takes besides. */
  private static final int JVM_MIB = 128;

  private static final int MOST_MIB = HEAP_MIB + DIRECT_MIB + JVM_MIB;

  @TempDir Path folder;

  @Test
  void bodies_largerThanMemory_passWhole() throws Exception {
    try (BulkOrigin origin = BulkOrigin.start();
        DarbanProcess darban =
            DarbanProcess.start(
                folder,
                """
                listeners: { plain: { address: "127.0.0.1:0", protocols: [h1, h2] } }
                sites: { "*": { routes: [ { service: bulk } ] } }
                services: { bulk: { servers: [ "http://127.0.0.1:%d" ] } }
                log: { access: off }
                """
                    .formatted(origin.port()),
                "-Xmx" + HEAP_MIB + "m",
                "-XX:MaxDirectMemorySize=" + DIRECT_MIB + "m",
                "-Dio.netty.leakDetection.level=disabled")) {
      BulkClient client = new BulkClient(darban.port("plain"));
      String right = BulkClient.right(EACH);
      timed("upload h1, length", darban, right, () -> client.upload(EACH, false));
      timed("upload h1, chunked", darban, right, () -> client.upload(EACH, true));
      timed("download h1", darban, right, () -> client.download(EACH));
      timed("upload h2", darban, right, () -> client.upload2(EACH));
      timed("download h2", darban, right, () -> client.download2(EACH));
      assertEquals(0, darban.stop());
    }
  }

  private static void timed(
      String what, DarbanProcess darban, String right, Callable<String> transfer) throws Exception {
    long start = System.nanoTime();
    String seen = transfer.call();
    double seconds = (System.nanoTime() - start) / 1e9;
    long peak = darban.program().memory("VmHWM") >> 20;
    System.out.printf(
        Locale.ROOT,
        "%-20s %d MiB in %.1f s, %.0f MiB/s, peak resident %d MiB%n",
        what,
        EACH >> 20,
        seconds,
        (EACH >> 20) / seconds,
        peak);
    assertEquals(right, seen, what);
    assertTrue(peak <= MOST_MIB, what + ": " + peak + " MiB resident");
  }
}
