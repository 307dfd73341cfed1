package darban.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A log as it grows. Confined to one thread. */
public final class LogFile {
  private final Path file;
  private final Predicate<String> wanted;
  private long read;

  /** The lines of {@code file} that are {@code wanted}. */
  public LogFile(Path file, Predicate<String> wanted) {
    this.file = file;
    this.wanted = wanted;
  }

  /** The next {@code count} lines, once they are there; fails if more came meanwhile. */
  public List<String> next(int count) throws Exception {
    List<String> lines = new ArrayList<>();
    Await.until(
        Duration.ofSeconds(10),
        () -> {
          lines.addAll(more());
          return lines.size() >= count;
        },
        () -> lines.size() + " lines instead of " + count + ": " + lines);
    if (lines.size() > count) {
      throw new AssertionError("more than " + count + " lines: " + lines);
    }
    return lines;
  }

  /** Passes over what is there. */
  public void skip() throws IOException {
    more();
  }

  /** The wanted lines that came since the last look. */
  public List<String> more() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (var channel = Files.newByteChannel(file)) {
      channel.position(read);
      byte[] bytes = channel.size() == read ? new byte[0] : new byte[(int) (channel.size() - read)];
      int n = channel.read(java.nio.ByteBuffer.wrap(bytes));
      String text = new String(bytes, 0, Math.max(0, n), StandardCharsets.UTF_8);
      int whole = text.lastIndexOf('\n') + 1;
      read += text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length;
      return text.substring(0, whole).lines().filter(wanted).toList();
    }
  }
}
