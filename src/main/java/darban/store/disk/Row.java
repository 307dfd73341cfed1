package darban.store.disk;

import darban.store.Disk;
import darban.store.KeyHash;
import org.jspecify.annotations.Nullable;

/**
 * An entry as the index and its journal know it. A value, apart from the slices, which are shared
 * with whoever has the file open.
 *
 * @param variant hash of the variant's bytes
 * @param length bytes of the body
 * @param standing where it stands in the order of eviction
 * @param tags hashes of its tags
 * @param slices the body's slices, null when the body is within the record
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Row(
    KeyHash key,
    long id,
    long variant,
    Place place,
    long length,
    Disk.Hints hints,
    Standing standing,
    long[] tags,
    @Nullable Slices slices) {

  /**
   * @param soft whether it was purged softly
   * @param main whether it stands in the main queue, else in the one of newcomers
   * @param uses 0 to 3, since it was last looked at for eviction
   * @param order of files: smaller is older
   */
  record Standing(boolean soft, boolean main, int uses, long order) {
    Standing at(boolean inMain, int usesLeft, long newOrder) {
      return new Standing(soft, inMain, usesLeft, newOrder);
    }
  }

  Row with(Place elsewhere) {
    return new Row(key, id, variant, elsewhere, length, hints, standing, tags, slices);
  }

  Row with(Standing other) {
    return new Row(key, id, variant, place, length, hints, other, tags, slices);
  }

  Disk.Found found(int sliceBytes) {
    long stored = slices == null ? length : slices.stored(length, sliceBytes);
    return new Disk.Found(key, id, variant, length, stored, hints, standing.soft);
  }

  /** Bytes on disk of a file of its own. */
  long allocated(int sliceBytes) {
    return slices == null ? 0 : slices.touched(length, sliceBytes) + place.allocated();
  }
}
