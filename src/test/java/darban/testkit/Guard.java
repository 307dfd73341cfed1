package darban.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After each test: no buffer was lost, no descriptor is open that was not before. To be registered
 * by {@code @ExtendWith(Guard.class)} on tests that close what they open.
 */
public final class Guard implements BeforeEachCallback, AfterEachCallback {
  private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  static {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Recording());
    openWhatTheJdkKeeps();
  }

  /** The first socket the JDK closes makes it keep a descriptor for good. */
  private static void openWhatTheJdkKeeps() {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel.open(server.getLocalAddress()).close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(Guard.class);

  /** Notes what leaked instead of only logging it. */
  private static final class Recording extends ResourceLeakDetectorFactory {
    @Override
    @SuppressWarnings("deprecation") // the factory's only way to be asked
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return detector(resource, samplingInterval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval) {
      return detector(resource, samplingInterval);
    }

    private static <T> ResourceLeakDetector<T> detector(Class<T> resource, int interval) {
      return new ResourceLeakDetector<>(resource, interval) {
        @Override
        protected void reportTracedLeak(String type, String records) {
          LEAKS.add(type + records);
        }

        @Override
        protected void reportUntracedLeak(String type) {
          LEAKS.add(type);
        }

        @Override
        protected boolean needReport() {
          return true;
        }
      };
    }
  }

  /** The same once for a class, where its many small tests share a gateway. */
  public static final class OfClass implements BeforeAllCallback, AfterAllCallback {
    private final Guard guard = new Guard();

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
      guard.beforeEach(context);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
      guard.afterEach(context);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    context.getStore(SPACE).put("descriptors", descriptors());
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    Object kept = context.getStore(SPACE).get("descriptors");
    List<?> before = kept instanceof List<?> list ? list : List.of();
    Await.until(
        Duration.ofSeconds(10),
        () -> opened(before).isEmpty(),
        () -> "descriptors left open: " + opened(before));
    String leaks = leaks();
    if (!leaks.isEmpty()) {
      fail("buffers were lost:\n" + leaks);
    }
  }

  /** Sockets and files now open that were not before; files of the class path come and stay. */
  private static List<String> opened(List<?> before) throws IOException {
    List<String> now = descriptors();
    List<String> more =
        now.stream().filter(each -> !before.contains(each)).filter(Guard::counts).toList();
    return more;
  }

  private static boolean counts(String descriptor) {
    return descriptor.startsWith("socket:") || descriptor.startsWith("/tmp");
  }

  private static List<String> descriptors() throws IOException {
    assertTrue(Files.isDirectory(DESCRIPTORS));
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.map(Guard::target).filter(each -> !each.isEmpty()).toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  /** What the leak detector finds once the collector has run. */
  private static String leaks() {
    System.gc();
    for (int i = 0; i < 64; i++) {
      // The detector looks for lost buffers whenever one is made.
      ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(16);
      buffer.release();
    }
    StringBuilder all = new StringBuilder();
    for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
      all.append(leak).append('\n');
    }
    return all.toString();
  }
}
