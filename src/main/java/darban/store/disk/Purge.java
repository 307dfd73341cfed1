package darban.store.disk;

import java.util.Arrays;

/**
 * Entries made before a moment whose key begins with a prefix are gone, or soft. All keys begin
 * with the empty prefix. Immutable.
 *
 * @param before ids from this one on are not meant
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its own equals
record Purge(byte[] prefix, long before, boolean soft) {
  boolean meansAll() {
    return prefix.length == 0;
  }

  /** Whether it means an entry with this key. */
  boolean means(long id, byte[] key) {
    return id < before
        && key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Purge that
        && before == that.before
        && soft == that.soft
        && Arrays.equals(prefix, that.prefix);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(prefix) + Long.hashCode(before);
  }
}
