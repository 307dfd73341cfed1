package darban.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One line a request. Event loops hand lines over and never wait: a thread of its own writes them,
 * all at once that gather within a few milliseconds. If the disk cannot keep up, lines are dropped
 * and counted, for a gateway that waits for its log is down. Any thread; closed once, which writes
 * what is left.
 */
public final class AccessLog implements AutoCloseable {
  private static final int MOST_WAITING = 65_536;
  private static final int BATCH_BYTES = 65_536;

  /** To wake a thread and to write cost more than a line does: one of each for many lines. */
  private static final long GATHERING_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final byte[] END = new byte[0];
  private static final byte[] REOPEN = new byte[0];

  private final LogConfig.Access config;
  private final OutputStream standardOutput;
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
    this.config = config;
    this.standardOutput = standardOutput;
    this.complain = complain;
    OutputStream opened = open();
    this.writer = Thread.ofPlatform().name("access-log").daemon(true).start(() -> write(opened));
  }

  private OutputStream open() throws IOException {
    if (config.file().isEmpty()) {
      return standardOutput;
    }
    Path path = config.file().get();
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    return Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Logs a request. Never blocks. */
  public void log(AccessEntry entry) {
    if (!lines.offer(entry.line(config.format()).getBytes(StandardCharsets.UTF_8))) {
      dropped.incrementAndGet();
    }
  }

  /** Lines that were dropped since the start. */
  public long dropped() {
    return dropped.get();
  }

  /** Opens the file anew, for the one that is open may have been moved away. */
  public void reopen() {
    if (config.file().isPresent() && !lines.offer(REOPEN)) {
      complain.accept("access log is not opened anew: it cannot keep up");
    }
  }

  private void write(OutputStream opened) {
    OutputStream out = opened;
    Batch batch = new Batch();
    try {
      byte[] line;
      do {
        line = lines.take();
        if (line != END) {
          LockSupport.parkNanos(GATHERING_NANOS);
        }
        for (; line != null && line != END; line = lines.poll()) {
          if (line == REOPEN) {
            batch.write(out);
            out = reopened(out);
          } else {
            batch.add(line, out);
          }
        }
        batch.write(out);
      } while (line != END);
      close(out);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lines that are written together, or dropped together. Of the writer's thread. */
  private final class Batch {
    private final byte[] bytes = new byte[BATCH_BYTES];
    private int length;
    private int count;
    private boolean complained;

    /** Adds a line, for which room is made if need be. */
    void add(byte[] line, OutputStream out) {
      if (line.length > bytes.length - length) {
        write(out);
      }
      count++;
      if (line.length > bytes.length) {
        write(line, line.length, out);
      } else {
        System.arraycopy(line, 0, bytes, length, line.length);
        length += line.length;
      }
    }

    void write(OutputStream out) {
      if (length > 0) {
        write(bytes, length, out);
        length = 0;
      }
    }

    private void write(byte[] from, int bytes, OutputStream out) {
      try {
        out.write(from, 0, bytes);
        out.flush();
      } catch (IOException e) {
        dropped.addAndGet(count);
        if (!complained) {
          complained = true;
          complain.accept("access log cannot be written: " + e.getMessage());
        }
      }
      count = 0;
    }
  }

  /** The file anew; the one that is open where that cannot be had. */
  private OutputStream reopened(OutputStream old) {
    try {
      OutputStream fresh = open();
      close(old);
      return fresh;
    } catch (IOException e) {
      complain.accept("access log is not opened anew: " + e.getMessage());
      return old;
    }
  }

  private void close(OutputStream out) {
    try {
      if (out != standardOutput) {
        out.close();
      }
    } catch (IOException e) {
      complain.accept("access log cannot be closed: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      lines.put(END);
      writer.join();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
