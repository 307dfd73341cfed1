package darban.stage.cache;

import darban.caching.StoredResponse;
import darban.http.FieldName;
import darban.http.Ranges;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A client's range grown to whole slices, so that what comes can be kept. Pure. */
final class SliceRange {
  /** Several ranges are fetched as one if no more than so many slices lie between their ends. */
  private static final int MOST_SLICES = 16;

  private static final Pattern SUFFIX = Pattern.compile("[=,]\\s*-");

  private SliceRange() {}

  /**
   * The range to ask for when nothing is known of the representation but what the client wants of
   * it.
   *
   * @return empty to ask for all of it: the client's range is malformed or too scattered
   */
  static Optional<String> around(String range, int slice) {
    if (SUFFIX.matcher(range).find()) {
      // Where the end lies is learnt from any slice.
      return Optional.of("bytes=0-" + (slice - 1));
    }
    Optional<List<Ranges.Part>> parsed = Ranges.parse(range, Long.MAX_VALUE);
    if (parsed.isEmpty() || parsed.get().isEmpty()) {
      return Optional.empty();
    }
    long first = parsed.get().getFirst().first() / slice * slice;
    long last = parsed.get().getLast().last();
    boolean open = last == Long.MAX_VALUE - 1;
    if (parsed.get().size() > 1 && (open || last - first > (long) MOST_SLICES * slice)) {
      return Optional.of("bytes=" + first + "-" + (first + slice - 1));
    }
    return Optional.of(
        open
            ? "bytes=" + first + "-"
            : "bytes=" + first + "-" + (last / slice * slice + slice - 1));
  }

  /** Whether a part begins and ends where slices do. */
  static boolean isAligned(Ranges.Part part, StoredResponse whole, int slice) {
    String length = whole.fields().get(FieldName.CONTENT_LENGTH);
    long end = part.last() + 1;
    return part.first() % slice == 0
        && (end % slice == 0 || (length != null && Long.toString(end).equals(length)));
  }
}
