package darban.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One line a request. Event loops hand lines over and never wait: a thread of its own writes them,
 * as many at once as have gathered. If the disk cannot keep up, lines are dropped and counted, for
 * a gateway that waits for its log is down. Any thread; closed once, which writes what is left.
 */
public final class AccessLog implements AutoCloseable {
  private static final int MOST_WAITING = 65_536;
  private static final byte[] END = new byte[0];

  private final LogConfig.Format format;
  private final OutputStream out;
  private final Consumer<String> complain;
  private final BlockingQueue<byte[]> lines = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer;

  /**
   * Opens the log.
   *
   * @param complain told once when lines cannot be written
   * @throws IOException when the file cannot be opened
   */
  public AccessLog(LogConfig.Access config, OutputStream standardOutput, Consumer<String> complain)
      throws IOException {
    this.format = config.format();
    this.out = config.file().isEmpty() ? standardOutput : open(config.file());
    this.complain = complain;
    this.writer = Thread.ofPlatform().name("access-log").daemon(true).start(this::write);
  }

  private static OutputStream open(Optional<Path> file) throws IOException {
    Path path = file.orElseThrow();
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    return Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Logs a request. Never blocks. */
  public void log(AccessEntry entry) {
    if (!lines.offer(entry.line(format).getBytes(StandardCharsets.UTF_8))) {
      dropped.incrementAndGet();
    }
  }

  /** Lines that were dropped since the start. */
  public long dropped() {
    return dropped.get();
  }

  private void write() {
    boolean complained = false;
    try {
      while (true) {
        byte[] line = lines.take();
        try {
          while (line != null && line != END) {
            out.write(line);
            line = lines.poll();
          }
          out.flush();
        } catch (IOException e) {
          dropped.incrementAndGet();
          if (!complained) {
            complained = true;
            complain.accept("access log cannot be written: " + e.getMessage());
          }
        }
        if (line == END) {
          return;
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      lines.put(END);
      writer.join();
      out.flush();
      if (out != System.out) {
        out.close();
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      complain.accept("access log cannot be closed: " + e.getMessage());
    }
  }
}
