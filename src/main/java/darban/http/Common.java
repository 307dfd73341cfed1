package darban.http;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What many heads have in common, kept once: values such as {@code text/html}, and which fields
 * there are. It remembers what came last, in a bounded table, and pins nothing else. Any thread.
 */
final class Common {
  private static final int PLACES = 2048;

  /** Characters; longer values are seldom the same, and would make the table large. */
  private static final int LONGEST = 128;

  private static final int MOST_NAMES = 64;

  private static final AtomicReferenceArray<String> VALUES = new AtomicReferenceArray<>(PLACES);
  private static final AtomicReferenceArray<FieldName[]> NAMES =
      new AtomicReferenceArray<>(PLACES / 8);

  private Common() {}

  /** An equal value. */
  static String value(String value) {
    if (value.length() > LONGEST) {
      return value;
    }
    int place = place(value.hashCode(), VALUES.length());
    String known = VALUES.getAcquire(place);
    if (value.equals(known)) {
      return known;
    }
    VALUES.setRelease(place, value);
    return value;
  }

  /** The first {@code size} names, in an array that nobody may change. */
  static FieldName[] names(FieldName[] names, int size) {
    int hash = 1;
    for (int i = 0; i < size; i++) {
      hash = hash * 31 + names[i].hashCode();
    }
    int place = place(hash, NAMES.length());
    FieldName[] known = NAMES.getAcquire(place);
    if (known != null && Arrays.equals(known, 0, known.length, names, 0, size)) {
      return known;
    }
    FieldName[] own = Arrays.copyOf(names, size);
    if (size <= MOST_NAMES) {
      NAMES.setRelease(place, own);
    }
    return own;
  }

  private static int place(int hash, int places) {
    return (hash ^ hash >>> 16) & places - 1;
  }
}
