package darban.store;

import java.util.ArrayList;
import java.util.List;

/**
 * What was read from the disk, for those who wait for it: it may be so little in use that memory
 * does not keep it. Any thread; closed once by each who was given it, and held until the last did.
 */
public final class Loan implements AutoCloseable {
  private final List<Entry> held = new ArrayList<>(1);
  private Variants variants = Variants.NONE;
  private int holders = 1;

  Loan() {
    // For whoever reads the disk.
  }

  /** One more who will close it; false when it is over. */
  synchronized boolean join() {
    if (holders == 0) {
      return false;
    }
    holders++;
    return true;
  }

  /** Holds an entry; false when its content is gone. */
  synchronized boolean hold(Entry entry) {
    return entry.content().retain() && held.add(entry);
  }

  /** What is held is all that there is, besides what is in memory. */
  synchronized void complete(Variants inMemory) {
    List<Entry> all = new ArrayList<>(inMemory.entries());
    for (Entry each : held) {
      if (!inMemory.selects(each)) {
        all.add(each);
      }
    }
    variants = Variants.of(all, true);
  }

  /** All that is stored under the key. */
  public synchronized Variants variants() {
    return variants;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (--holders > 0) {
        return;
      }
    }
    held.forEach(each -> each.content().release());
  }
}
