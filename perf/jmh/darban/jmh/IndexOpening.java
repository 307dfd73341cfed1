package darban.jmh;

import darban.store.Disk;
import darban.store.disk.DiskOptions;
import darban.store.disk.DiskStore;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long a start waits for the index of a large disk cache; once each in a fresh JVM, since a
 * start finds nothing compiled.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 3,
    jvmArgs = {"-XX:+UseCompactObjectHeaders", "-XX:+UseSerialGC", "-Xmx1g"})
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class IndexOpening {
  private static final long CAPACITY = 16L << 30;
  private static final int AT_ONCE = 2000;
  private static final int BYTES = 200;

  /** How many objects are on the disk. */
  @Param({"10000", "1000000"})
  int entries;

  private Path directory;
  private DiskStore opened;

  @Setup
  public void fill() throws Exception {
    directory = Files.createTempDirectory("darban-index");
    DiskStore store = open();
    Semaphore window = new Semaphore(AT_ONCE);
    for (int i = 0; i < entries; i++) {
      window.acquire();
      String url = "http://origin.test/some/folder/" + i;
      Disk.Description description =
          new Disk.Description(
              (url + " @site").getBytes(StandardCharsets.UTF_8),
              new byte[0],
              new byte[BYTES],
              List.of("url " + url, "tag " + i % 100),
              new Disk.Hints(1, 0));
      store
          .put(description, Unpooled.wrappedBuffer(new byte[BYTES]), () -> true)
          .onComplete(stored -> window.release());
    }
    window.acquire(AT_ONCE);
    done(store.close());
  }

  private DiskStore open() throws Exception {
    return done(DiskStore.open(DiskOptions.of(directory, CAPACITY)));
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(5, TimeUnit.MINUTES);
  }

  @Benchmark
  public long openIndex() throws Exception {
    opened = open();
    return opened.figures().entries();
  }

  @TearDown
  public void delete() throws Exception {
    if (opened.figures().entries() != entries) {
      throw new IllegalStateException("lost some: " + opened.figures());
    }
    done(opened.close());
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new IllegalStateException("left behind: " + directory, e);
    }
  }
}
