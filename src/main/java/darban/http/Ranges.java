package darban.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Byte ranges (RFC 9110 §14). Pure. */
public final class Ranges {
  /** More ranges than this in one request are not honoured. */
  public static final int MOST = 8;

  private Ranges() {}

  /**
   * A part of a representation.
   *
   * @param first offset of the first byte
   * @param last offset of the last byte, at least {@code first}
   */
  public record Part(long first, long last) {
    /** Number of bytes. */
    public long length() {
      return last - first + 1;
    }

    /** As Content-Range writes it. */
    public String contentRange(long whole) {
      return "bytes " + first + "-" + last + "/" + whole;
    }
  }

  /**
   * The parts that a Range value asks of a representation of {@code length} bytes: overlapping and
   * touching ones are joined, the order is that of the bytes.
   *
   * @return empty where the value is to be ignored (another unit, malformed or too many parts); an
   *     empty list where no part lies within the representation (416)
   */
  public static Optional<List<Part>> parse(String value, long length) {
    if (!value.regionMatches(true, 0, "bytes=", 0, 6)) {
      return Optional.empty();
    }
    List<Part> parts = new ArrayList<>();
    List<String> specs = Lists.members(value.substring(6));
    if (specs.isEmpty() || specs.size() > MOST) {
      return Optional.empty();
    }
    for (String spec : specs) {
      int dash = spec.indexOf('-');
      long first = dash <= 0 ? -1 : Digits.parse(spec.substring(0, dash).strip());
      long last = Digits.parse(dash < 0 ? "" : spec.substring(dash + 1).strip());
      boolean open = dash == spec.length() - 1;
      if (dash < 0 || (dash > 0 && first < 0) || (!open && last < 0) || (dash == 0 && open)) {
        return Optional.empty();
      }
      if (dash > 0 && !open && last < first) {
        return Optional.empty();
      }
      if (dash == 0) {
        if (last > 0 && length > 0) {
          parts.add(new Part(Math.max(0, length - last), length - 1));
        }
      } else if (first < length) {
        parts.add(new Part(first, open ? length - 1 : Math.min(last, length - 1)));
      }
    }
    return Optional.of(joined(parts));
  }

  private static List<Part> joined(List<Part> parts) {
    if (parts.size() < 2) {
      return parts;
    }
    parts.sort(Comparator.comparingLong(Part::first));
    List<Part> joined = new ArrayList<>();
    Part current = parts.getFirst();
    for (Part next : parts.subList(1, parts.size())) {
      if (next.first() <= current.last() + 1) {
        current = new Part(current.first(), Math.max(current.last(), next.last()));
      } else {
        joined.add(current);
        current = next;
      }
    }
    joined.add(current);
    return joined;
  }

  /** Numbers of at most 18 digits, so that they fit a long. */
  private static final class Digits {
    static long parse(String digits) {
      if (digits.isEmpty()
          || digits.length() > 18
          || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return -1;
      }
      return Long.parseLong(digits);
    }
  }
}
