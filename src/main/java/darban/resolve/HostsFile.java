package darban.resolve;

import io.netty.resolver.HostsFileEntriesProvider;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Names and addresses from a hosts file, all that it has for a name. It is looked at again when it
 * has changed, every few seconds at the most; without the file there are no names. Any thread.
 */
final class HostsFile {
  private static final long LOOK_NANOS = Duration.ofSeconds(5).toNanos();

  private final Path file;
  private @Nullable HostsFileEntriesProvider entries;
  private @Nullable FileTime modified;
  private long lookedAt;

  HostsFile(Path file) {
    this.file = file;
  }

  /** The addresses of {@code host}, as the file orders them in each family; empty for none. */
  synchronized List<InetAddress> addresses(String host, long nanos) {
    if (entries == null || nanos - lookedAt > LOOK_NANOS) {
      lookedAt = nanos;
      look();
    }
    String name = host.toLowerCase(Locale.ROOT);
    List<InetAddress> all = new ArrayList<>();
    if (entries != null) {
      all.addAll(entries.ipv4Entries().getOrDefault(name, List.of()));
      all.addAll(entries.ipv6Entries().getOrDefault(name, List.of()));
    }
    return all;
  }

  private void look() {
    try {
      FileTime now = Files.exists(file) ? Files.getLastModifiedTime(file) : null;
      if (entries == null || !Objects.equals(now, modified)) {
        modified = now;
        entries =
            now == null
                ? HostsFileEntriesProvider.parser().parse(Reader.nullReader())
                : HostsFileEntriesProvider.parser().parse(file.toFile(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
