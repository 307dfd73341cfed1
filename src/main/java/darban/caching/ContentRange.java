package darban.caching;

import darban.http.Ranges;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Content-Range of a 206 (RFC 9110 §14.4) with a known length.
 *
 * @param part the bytes in the message
 * @param whole the length of the whole representation
 */
public record ContentRange(Ranges.Part part, long whole) {
  private static final Pattern FORM =
      Pattern.compile("bytes +(\\d{1,18})-(\\d{1,18})/(\\d{1,18})", Pattern.CASE_INSENSITIVE);

  /** Reads one; empty where it is malformed, of another unit or does not tell the length. */
  public static Optional<ContentRange> parse(String value) {
    Matcher m = FORM.matcher(value);
    if (!m.matches()) {
      return Optional.empty();
    }
    long first = Long.parseLong(m.group(1));
    long last = Long.parseLong(m.group(2));
    long whole = Long.parseLong(m.group(3));
    return first <= last && last < whole
        ? Optional.of(new ContentRange(new Ranges.Part(first, last), whole))
        : Optional.empty();
  }

  /** Whether a Content-Length, where there is one, is that of the part. */
  boolean agreesWith(@Nullable String contentLength) {
    return contentLength == null || contentLength.equals(Long.toString(part.length()));
  }
}
