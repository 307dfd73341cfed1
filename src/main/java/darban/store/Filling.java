package darban.store;

import darban.flow.Body;
import darban.flow.Loop;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A response on its way into the store: who asked for it reads the entry, the store keeps it if all
 * goes well.
 *
 * @param entry what is being stored
 * @param feed takes the content
 * @param draft where it grows on disk; null while it does not
 * @param held bytes of memory set aside for it
 * @param since how many purges there had been when it was asked for
 */
public record Filling(
    Store store,
    Entry entry,
    Feed feed,
    Supplier<Disk.@Nullable Draft> draft,
    long held,
    long since) {
  /** Begins to take the content. On the loop of {@code body}. */
  public void start(Loop loop, Body body) {
    feed.start(loop, body, why -> store.filled(this, why));
  }

  /** Whether it stays in memory whatever comes, so that nobody need wait for a reader. */
  public boolean isSmall() {
    return !feed.resumable() && entry.content().isToStay();
  }

  /** Whether what does not come can be asked for later. */
  boolean resumable() {
    return feed.resumable();
  }
}
