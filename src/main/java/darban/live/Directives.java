package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a playlist or manifest is asked for: what a query tells. Immutable, any thread.
 *
 * @param sequence the playlist shall hold this segment, -1 for as it is (RFC 8216bis §6.2.5)
 * @param part or this part of it, -1 for all of it
 * @param skip whether older segments may be left out
 * @param start where players shall begin, in seconds: of what there is, or from its end if below 0
 * @param since the timeline from which a manifest counts; null for the newest
 * @param after behind which time of the media a track is wanted, in microseconds; -1 for a few
 *     segments ago
 * @param others what the query has beside the last two; with an ampersand if it is not empty
 */
public record Directives(
    long sequence,
    long part,
    boolean skip,
    @Nullable String start,
    @Nullable Since since,
    long after,
    String others) {
  /** As it is. */
  public static final Directives NONE = new Directives(-1, -1, false, null, null, -1, "");

  /** A player begins as many segments behind the newest: whoever passes them on needs them too. */
  private static final int BURST = 3;

  private static final Pattern SECONDS = Pattern.compile("-?\\d{1,9}(\\.\\d{1,6})?");

  /**
   * From when on a manifest counts.
   *
   * @param timeline the number of the one that was the newest when its player came
   * @param begin when that began, in milliseconds since 1970: a process that comes later would not
   *     know
   * @param told the newest that its player was told of since then, likewise; null for none
   */
  record Since(long timeline, long begin, @Nullable Told told) {
    private static final String NUMBER = "([0-9a-z]{1,12})";
    private static final Pattern FORM =
        Pattern.compile(NUMBER + "-" + NUMBER + "(?:-" + NUMBER + "-" + NUMBER + ")?");

    /**
     * A later timeline, in a manifest that counts from an earlier one.
     *
     * @param start of its period, in milliseconds
     */
    record Told(long timeline, long start) {}

    static @Nullable Since of(@Nullable String text) {
      Matcher matcher = FORM.matcher(text == null ? "" : text);
      if (!matcher.matches()) {
        return null;
      }
      Told told =
          matcher.group(3) == null
              ? null
              : new Told(Names.serial(matcher.group(3)), Names.serial(matcher.group(4)));
      return new Since(Names.serial(matcher.group(1)), Names.serial(matcher.group(2)), told);
    }

    /** The other one, if it is of a timeline before this one. */
    Since orEarlier(@Nullable Since other) {
      return other != null && other.timeline < timeline && other.begin <= begin ? other : this;
    }

    /** Its player is told of a later timeline, whose period starts there. */
    Since andTold(long later, long start) {
      return later == timeline ? this : new Since(timeline, begin, new Told(later, start));
    }

    String text() {
      String last =
          told == null ? "" : "-" + Names.text(told.timeline) + "-" + Names.text(told.start);
      return Names.text(timeline) + "-" + Names.text(begin) + last;
    }
  }

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
    return new Directives(
        sequence,
        part,
        "YES".equals(skip) || "v2".equals(skip),
        start,
        Since.of(value(query, "since")),
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
