package darban.live;

import static java.util.Comparator.comparing;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The playlists and manifests that a stream's publisher made itself. Any thread. */
final class Lists {
  /** One that is not written for so long, while others are, is of an encoder that is gone. */
  private static final long STALE = Duration.ofMinutes(1).toNanos();

  private final Map<String, Listed> lists = new HashMap<>();

  private record Listed(String file, boolean multivariant, long nanos) {}

  /** A file is complete, which says {@code text}. */
  synchronized void complete(String file, String text, long nanos) {
    lists.put(file, new Listed(file, text.contains("#EXT-X-STREAM-INF"), nanos));
  }

  /** A file is there no more. */
  synchronized void delete(String file) {
    lists.remove(file);
  }

  /**
   * The one to play of those whose names end so; null when there is none. A multivariant playlist
   * leads to the others, and may be written only once; of media playlists one is as good as the
   * other, so that everybody gets the same.
   */
  synchronized @Nullable String best(String ending) {
    List<Listed> all = lists.values().stream().filter(each -> each.file.endsWith(ending)).toList();
    long newest = all.stream().mapToLong(Listed::nanos).max().orElse(0);
    return all.stream()
        .filter(each -> each.multivariant || newest - each.nanos <= STALE)
        .min(
            comparing((Listed each) -> !each.multivariant)
                .thenComparing(each -> !each.file.equals("master.m3u8"))
                .thenComparing(Listed::file))
        .map(Listed::file)
        .orElse(null);
  }
}
