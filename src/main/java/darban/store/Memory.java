package darban.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import darban.caching.CacheKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The entries that are at hand: those used often stay (W-TinyLFU), what is asked for once passes
 * by. It holds the content of each, and lets go of it here and nowhere else. An entry is known by
 * its content: its head may be exchanged.
 *
 * <p>Any thread.
 */
final class Memory {
  /** Open files that entries may hold, all in all. */
  private static final int MOST_FILES = 4096;

  private final Cache<Key, Variants> cache;
  private final LongAdder evicted = new LongAdder();
  private final Set<String> spaces = ConcurrentHashMap.newKeySet();
  private volatile boolean keysHaveFields;
  private volatile long file;
  private volatile boolean closed;

  /** Room for {@code capacity} bytes of content and heads. */
  Memory(long capacity) {
    this.file = capacity / MOST_FILES;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(capacity)
            .weigher((Key key, Variants variants) -> weight(key, variants))
            .evictionListener((key, variants, cause) -> evicted(variants))
            .executor(Runnable::run)
            .build();
  }

  /** What is only coming must stay, or it could not be stored; its bytes are counted elsewhere. */
  private int weight(Key key, Variants variants) {
    List<Entry> entries = variants.entries();
    if (entries.size() == 1 && entries.getFirst().content().isUnfinished()) {
      return 0;
    }
    long sum = 2L * key.cache().text().length();
    for (Entry each : entries) {
      sum += each.weight() + (each.content().isInFile() ? file : 0);
    }
    return (int) Math.min(sum, Integer.MAX_VALUE);
  }

  /** Room for {@code capacity} bytes from now on. */
  void resize(long capacity) {
    file = capacity / MOST_FILES;
    cache.policy().eviction().orElseThrow().setMaximum(capacity);
  }

  private void evicted(@Nullable Variants variants) {
    evicted.increment();
    if (variants != null) {
      letGo(variants.entries());
    }
  }

  private static void letGo(List<Entry> entries) {
    entries.forEach(entry -> entry.content().release());
  }

  // Finding

  Variants find(Key key) {
    Variants found = cache.getIfPresent(key);
    return found == null ? Variants.NONE : found;
  }

  /** All that may be meant by a selection, and more. */
  Collection<Variants> candidates(Selection selection) {
    return switch (selection) {
      case Selection.Exact(Key key) -> List.of(find(key));
      case Selection.Url(String url) when !keysHaveFields ->
          spaces.stream().map(space -> find(new Key(new CacheKey(url), space))).toList();
      default -> cache.asMap().values();
    };
  }

  // Changing

  /**
   * Puts an entry where it is found, in place of those that the same requests select.
   *
   * @param newer whether it is newer than all that is there; else what is there stays
   * @param last says at the last moment how it is put; null for not at all
   * @return whether it was put; its content's hold is the memory's in any case
   */
  boolean put(Entry entry, boolean newer, Function<Entry, @Nullable Entry> last) {
    spaces.add(entry.key().space());
    keysHaveFields |= entry.key().cache().text().indexOf(' ') >= 0;
    boolean[] put = {false};
    List<Entry> gone = new ArrayList<>();
    cache
        .asMap()
        .compute(
            entry.key(),
            (key, before) -> {
              Variants old = before == null ? Variants.NONE : before;
              Entry now = closed || (!newer && old.selects(entry)) ? null : last.apply(entry);
              if (now == null) {
                return before;
              }
              put[0] = true;
              Variants after = old.with(now);
              gone.addAll(after.lacking(old));
              return after;
            });
    if (!put[0]) {
      entry.content().release();
    }
    letGo(gone);
    if (closed) {
      clear();
    }
    return put[0];
  }

  /**
   * Changes the entry of a content.
   *
   * @return as it now stands; null when it is not here any more
   */
  @Nullable Entry change(Key key, Content content, UnaryOperator<Entry> change) {
    @Nullable Entry[] changed = {null};
    List<Entry> gone = new ArrayList<>();
    cache
        .asMap()
        .computeIfPresent(
            key,
            (same, old) -> {
              Entry before = old.of(content);
              if (before == null) {
                return old;
              }
              Entry now = change.apply(before);
              changed[0] = now;
              Variants after = old.without(before).with(now);
              gone.addAll(after.lacking(old));
              return after;
            });
    letGo(gone);
    return changed[0];
  }

  /** Notes that the disk has no more under the key than what is at hand, which it returns. */
  Variants whole(Key key) {
    Variants[] result = {Variants.NONE};
    cache
        .asMap()
        .computeIfPresent(
            key,
            (same, variants) -> {
              result[0] = Variants.of(variants.entries(), true);
              return result[0];
            });
    return result[0];
  }

  /** Removes the entry of a content; whether it was here. */
  boolean remove(Key key, Content content) {
    boolean[] removed = {false};
    cache
        .asMap()
        .computeIfPresent(
            key,
            (same, old) -> {
              Entry entry = old.of(content);
              removed[0] = entry != null;
              Variants after = entry == null ? old : old.without(entry);
              return after.entries().isEmpty() ? null : after;
            });
    if (removed[0]) {
      content.release();
    }
    return removed[0];
  }

  /** Takes nothing more, and lets go of all. */
  void close() {
    closed = true;
    clear();
  }

  private void clear() {
    for (Key key : cache.asMap().keySet()) {
      Variants gone = cache.asMap().remove(key);
      if (gone != null) {
        letGo(gone.entries());
      }
    }
  }

  // Figures

  long bytes() {
    return cache.policy().eviction().map(policy -> policy.weightedSize().orElse(0)).orElse(0L);
  }

  long count() {
    return cache.estimatedSize();
  }

  long evictions() {
    return evicted.sum();
  }
}
