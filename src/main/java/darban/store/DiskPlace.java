package darban.store;

import org.jspecify.annotations.Nullable;

/** Where the disk has a content, if it has. Any thread. */
final class DiskPlace {
  /** Uses that are told to the disk as one. */
  private static final int USES = 16;

  private volatile Disk.@Nullable Found found;
  private boolean removed;
  private int uses;

  /** Where it is; null while it is not. */
  Disk.@Nullable Found found() {
    return found;
  }

  /** The disk has it now; false if it was to be removed meanwhile. */
  synchronized boolean put(Disk.Found where) {
    if (!removed) {
      found = where;
    }
    return !removed;
  }

  /** It is to be removed, where it is or will be; where it is. */
  synchronized Disk.@Nullable Found remove() {
    removed = true;
    return found;
  }

  /** Whether it was used often enough since this was last true; some uses are missed. */
  boolean isUsedAnew() {
    return (uses++ & (USES - 1)) == 0;
  }
}
