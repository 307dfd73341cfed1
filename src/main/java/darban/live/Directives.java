package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a playlist or manifest is asked for: what a query tells. Immutable, any thread.
 *
 * @param sequence the playlist shall hold this segment, -1 for as it is (RFC 8216bis §6.2.5)
 * @param part or this part of it, -1 for all of it
 * @param skip whether older segments may be left out
 * @param start where players shall begin, in seconds: of what there is, or from its end if below 0
 * @param since the timeline from which a manifest counts, -1 for the newest
 * @param after behind which time of the media a track is wanted, in microseconds; -1 for a few
 *     segments ago
 * @param others what the query has beside the last two; with an ampersand if it is not empty
 */
public record Directives(
    long sequence,
    long part,
    boolean skip,
    @Nullable String start,
    long since,
    long after,
    String others) {
  /** As it is. */
  public static final Directives NONE = new Directives(-1, -1, false, null, -1, -1, "");

  /** A player begins as many segments behind the newest: whoever passes them on needs them too. */
  private static final int BURST = 3;

  private static final Pattern SECONDS = Pattern.compile("-?\\d{1,9}(\\.\\d{1,6})?");
  private static final Pattern SERIAL = Pattern.compile("[0-9a-z]{1,12}");

  /** Of a query; what is no number is refused. */
  public static Directives of(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return NONE;
    }
    long sequence = number(query, "_HLS_msn");
    long part = number(query, "_HLS_part");
    if (sequence < 0 && part >= 0) {
      throw Failure.of(Kind.BAD_REQUEST, "_HLS_part without _HLS_msn");
    }
    String skip = value(query, "_HLS_skip");
    String start = value(query, "start");
    if (start != null && !SECONDS.matcher(start).matches()) {
      throw Failure.of(Kind.BAD_REQUEST, "start is not a number of seconds");
    }
    String since = value(query, "since");
    boolean known = since != null && SERIAL.matcher(since).matches();
    return new Directives(
        sequence,
        part,
        "YES".equals(skip) || "v2".equals(skip),
        start,
        known ? Long.parseLong(since, 36) : -1,
        number(query, "after"),
        others(query));
  }

  /** Where what comes of a track begins. */
  Feed.From from() {
    return after < 0 ? new Feed.From.Back(BURST) : new Feed.From.After(after);
  }

  private static long number(String query, String key) {
    String value = value(query, key);
    if (value == null) {
      return -1;
    }
    if (!value.matches("\\d{1,15}")) {
      throw Failure.of(Kind.BAD_REQUEST, key + " is not a number");
    }
    return Long.parseLong(value);
  }

  private static @Nullable String value(String query, String key) {
    for (String each : query.split("&")) {
      if (each.startsWith(key + "=")) {
        return each.substring(key.length() + 1);
      }
    }
    return null;
  }

  private static String others(String query) {
    StringBuilder others = new StringBuilder();
    for (String each : query.split("&")) {
      if (!each.isEmpty() && !each.startsWith("since=") && !each.startsWith("start=")) {
        others.append(each).append('&');
      }
    }
    return others.toString();
  }
}
