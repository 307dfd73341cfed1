package darban.media.dash;

import darban.media.dash.SegmentTimes.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an element says of the segments of the representations in it: what it does not say holds as
 * the element around it has it (ISO/IEC 23009-1 §5.3.9.1, §5.6). What makes no sense is as if it
 * was not said, and of segments that cannot be known there are none. Confined to one thread.
 */
final class SegmentInformation {
  private static final long MOST_DURATION = 1L << 40;
  private static final int MOST_DIGITS = 17;

  /** In seconds, of what is there whenever it is asked for: about a hundred years. */
  private static final double ANY_TIME = 3e9;

  private final @Nullable SegmentInformation outer;
  private final Map<String, String> attributes = new HashMap<>();
  private final Map<PeriodTime, Optional<SegmentTimes>> times = new HashMap<>();
  private @Nullable String base;
  private @Nullable String element;
  private @Nullable List<Stretch> timeline;
  private @Nullable List<String> listed;
  private Duration early = Duration.ZERO;

  /**
   * An element S (§5.3.9.6).
   *
   * @param time when it begins; -1 where that is when the one before ends
   * @param more how often it comes again; -1 for until the next begins
   */
  record Stretch(long time, long duration, long more) {}

  /**
   * The time of a period (§5.3.2.1).
   *
   * @param begun when it began; empty of a recording
   * @param length empty if it is not known when it ends
   */
  record PeriodTime(Optional<Instant> begun, Optional<Duration> length) {}

  /** Of an element in that one; null for the outermost. */
  SegmentInformation(@Nullable SegmentInformation outer) {
    this.outer = outer;
  }

  // As it is read

  /** Takes a BaseURL. */
  void base(String reference) {
    base = UrlTemplate.joined(outer == null ? "" : outer.base(), reference);
  }

  boolean isBased() {
    return base != null;
  }

  /** Takes what the element of segments is, such as {@code SegmentTemplate}. */
  void element(String name) {
    element = name;
  }

  void attribute(String name, String value) {
    attributes.put(name, value);
  }

  void timeline(List<Stretch> stretches) {
    timeline = stretches;
  }

  void listed(List<String> addresses) {
    listed = addresses;
  }

  /** Takes {@code @availabilityTimeOffset} (§5.3.9.5.4), of an address or of segments. */
  void early(String seconds) {
    try {
      double number = seconds.equals("INF") ? ANY_TIME : Double.parseDouble(seconds);
      early = Duration.ofNanos((long) (Math.clamp(number, 0, ANY_TIME) * 1e9));
    } catch (NumberFormatException notOne) {
      early = Duration.ZERO;
    }
  }

  // What holds

  private String base() {
    return base != null ? base : outer == null ? "" : outer.base();
  }

  private @Nullable String attribute(String name) {
    String own = attributes.get(name);
    return own != null || outer == null ? own : outer.attribute(name);
  }

  private String element() {
    return element != null ? element : outer == null ? "" : outer.element();
  }

  private @Nullable List<Stretch> timeline() {
    return timeline != null || outer == null ? timeline : outer.timeline();
  }

  private List<String> listed() {
    return listed != null ? listed : outer == null ? List.of() : outer.listed();
  }

  /** The longest that is said: none of those around it makes a segment come later. */
  private Duration early() {
    if ("false".equals(attribute("availabilityTimeComplete"))) {
      return Duration.ZERO; // Only pieces are there early.
    }
    Duration around = outer == null ? Duration.ZERO : outer.early();
    return early.compareTo(around) > 0 ? early : around;
  }

  private long value(String name, long otherwise) {
    return number(attribute(name), otherwise);
  }

  /** A whole number as it is written; otherwise where it is none or beyond all bounds. */
  static long number(@Nullable String text, long otherwise) {
    int sign = text != null && text.startsWith("-") ? 1 : 0;
    boolean number =
        text != null
            && text.length() > sign
            && text.length() <= MOST_DIGITS + sign
            && text.chars().skip(sign).allMatch(c -> c >= '0' && c <= '9');
    return number ? Long.parseLong(text) : otherwise;
  }

  // What comes of it

  /** What goes before the segments of a representation. */
  Optional<String> head(String id, OptionalLong bandwidth) {
    if (!element().equals("SegmentTemplate") && !element().equals("SegmentList")) {
      return Optional.empty();
    }
    String template = attribute("initialization");
    Optional<String> told =
        template == null
            ? Optional.ofNullable(attribute("sourceURL"))
            : UrlTemplate.filled(template, id, bandwidth).flatMap(UrlTemplate::address);
    return told.filter(it -> !it.isEmpty()).map(it -> UrlTemplate.joined(base(), it));
  }

  /** The segments of a representation, where they are listed. */
  List<String> list() {
    return !element().equals("SegmentList")
        ? List.of()
        : listed().stream().map(each -> UrlTemplate.joined(base(), each)).toList();
  }

  /** The segments of a representation, where their addresses are made by a template. */
  Optional<SegmentSeries> series(String id, OptionalLong bandwidth, PeriodTime period) {
    String media = attribute("media");
    if (media == null || !element().equals("SegmentTemplate")) {
      return Optional.empty();
    }
    return UrlTemplate.filled(media, id, bandwidth)
        // Of segments that are not listed players are not told the times either.
        .filter(filled -> timeline() != null || !filled.contains("$Time"))
        .map(filled -> UrlTemplate.joined(UrlTemplate.escaped(base()), filled))
        .flatMap(filled -> times(period).flatMap(times -> SegmentSeries.of(filled, times)));
  }

  /** Those of a whole set are made once. */
  private Optional<SegmentTimes> times(PeriodTime period) {
    boolean own = !attributes.isEmpty() || timeline != null || !early.isZero();
    return own || outer == null ? times.computeIfAbsent(period, this::made) : outer.times(period);
  }

  private Optional<SegmentTimes> made(PeriodTime period) {
    long timescale = value("timescale", 1);
    long offset = value("presentationTimeOffset", 0);
    long first = value("startNumber", 1);
    if (timescale < 1 || timescale > SegmentTimes.MOST_TIMESCALE || offset < 0 || first < 0) {
      return Optional.empty();
    }
    List<Run> told = runs(offset);
    List<Run> runs = new ArrayList<>();
    for (Run run : told) {
      long most = run.isOpen() ? known(run, offset, timescale, period) : run.count();
      long end = value("endNumber", Long.MAX_VALUE - 1) + 1 - first;
      long count = Math.min(most, end - run.index());
      if (count > 0) {
        runs.add(new Run(run.index(), run.time(), run.duration(), count));
      }
    }
    SegmentTimes.Clock clock =
        period.begun().map(begun -> new SegmentTimes.Clock(begun, offset, early())).orElse(null);
    return runs.isEmpty()
        ? Optional.empty()
        : Optional.of(new SegmentTimes(first, timescale, runs, clock));
  }

  private List<Run> runs(long offset) {
    List<Stretch> told = timeline();
    if (told != null) {
      return runs(told);
    }
    long duration = value("duration", 0);
    long begin = offset + value("eptDelta", 0);
    return isDuration(duration) ? List.of(Run.open(0, begin, duration)) : List.of();
  }

  /** How many of segments without a told end there are or will be. */
  private static long known(Run run, long offset, long timescale, PeriodTime period) {
    if (period.length().isPresent()) {
      return run.before(offset + SegmentTimes.ticksUpTo(period.length().get(), timescale));
    }
    return period.begun().isPresent() ? run.count() : 1;
  }

  /** The runs of a timeline; none where it makes no sense. */
  private static List<Run> runs(List<Stretch> told) {
    List<Run> runs = new ArrayList<>();
    long time = 0;
    long last = -1;
    long index = 0;
    for (int i = 0; i < told.size(); i++) {
      Stretch each = told.get(i);
      long start = each.time >= 0 ? each.time : time;
      long next = i + 1 < told.size() ? told.get(i + 1).time : Long.MAX_VALUE;
      if (start <= last || !isDuration(each.duration) || (each.more < 0 && next < start)) {
        return List.of();
      }
      Run open = Run.open(index, start, each.duration);
      long count = each.more < 0 ? open.before(next) : each.more + 1;
      if (count < 1 || count > open.count()) {
        return List.of();
      }
      Run run = new Run(index, start, each.duration, count);
      runs.add(run);
      time = run.end();
      last = time - each.duration;
      index += count;
    }
    return runs;
  }

  private static boolean isDuration(long ticks) {
    return ticks > 0 && ticks <= MOST_DURATION;
  }
}
