package darban.media.dash;

import darban.media.dash.SegmentInformation.PeriodTime;
import darban.media.dash.SegmentReader.Adaptation;
import darban.media.dash.SegmentReader.Coding;
import darban.media.dash.SegmentReader.Period;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLStreamException;

/**
 * Where a manifest of others has the segments of its representations (ISO/IEC 23009-1 §5.3.9), for
 * whoever is to ask for them. What cannot be known is left out. Immutable, any thread.
 *
 * @param first what players ask for first: of the first set of pictures and the first of sound, the
 *     lowest representation's initialization and the segment that they begin with
 * @param lists segments that follow each other, of each representation that lists them
 * @param series those of each representation with a template
 */
public record DashSegments(
    List<String> first, List<List<String>> lists, List<SegmentSeries> series) {
  /** Nothing known. */
  public static final DashSegments NONE = new DashSegments(List.of(), List.of(), List.of());

  private static final int MOST_REPRESENTATIONS = 500;

  /** More than a hundred years. */
  private static final Duration LONGEST = Duration.ofDays(40_000);

  /** Of days of which none is meant. */
  private static final Instant EARLIEST = Instant.parse("1900-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("3000-01-01T00:00:00Z");

  /** Of other sets, such as texts and thumbnails, players take none unless they are told to. */
  private static final Set<String> PLAYED = Set.of("video", "audio", "");

  public DashSegments {
    first = List.copyOf(first);
    lists = List.copyOf(lists);
    series = List.copyOf(series);
  }

  /**
   * Reads a manifest.
   *
   * @param info what was read of it before
   * @param now the time of day, by which of live streams is known what there is
   */
  public static DashSegments read(DashInfo info, ByteBuffer manifest, Instant now) {
    try {
      List<Period> periods =
          SegmentReader.read(
              ManifestCopy.reader(ManifestCopy.text(manifest)),
              info.live() ? SegmentReader.MOST_LIVE : SegmentReader.MOST_RECORDED);
      return of(info, timed(info, periods), now);
    } catch (XMLStreamException broken) {
      return NONE; // or too long: players may get along with it
    }
  }

  private static DashSegments of(DashInfo info, List<Timed> periods, Instant now) {
    List<List<String>> lists = new ArrayList<>();
    List<SegmentSeries> series = new ArrayList<>();
    // Of what is live the last ones are those that are played.
    (info.live() ? periods.reversed() : periods)
        .stream()
            .flatMap(each ->
                each.period.sets().stream()
                    .flatMap(set -> set.codings().stream())
                    .map(coding -> new Located(each, coding)))
            .limit(MOST_REPRESENTATIONS)
            .forEach(each -> {
              Optional.of(each.list()).filter(it -> !it.isEmpty()).ifPresent(lists::add);
              each.series().ifPresent(series::add);
            });
    return new DashSegments(first(info, periods, now), lists, series);
  }

  // What comes first

  private static List<String> first(DashInfo info, List<Timed> periods, Instant now) {
    return (info.live() ? periods.reversed() : periods)
        .stream()
            .filter(each -> !each.isToCome(now))
            .findFirst()
            .map(each -> first(info, each, now))
            .orElse(List.of());
  }

  private static List<String> first(DashInfo info, Timed period, Instant now) {
    List<String> first = new ArrayList<>();
    Set<String> kinds = new HashSet<>();
    for (Adaptation set : period.period.sets()) {
      if (!set.codings().isEmpty() && PLAYED.contains(set.kind()) && kinds.add(set.kind())) {
        Coding lowest =
            Collections.min(
                set.codings(),
                Comparator.comparingLong(each -> each.bandwidth().orElse(Long.MAX_VALUE)));
        Located located = new Located(period, lowest);
        located.head().ifPresent(first::add);
        located.start(info, now).ifPresent(first::add);
      }
    }
    return first;
  }

  /** A period, and when it is; the time is empty where it is not known. */
  private record Timed(Period period, Optional<PeriodTime> time) {
    boolean isToCome(Instant now) {
      return time.flatMap(PeriodTime::begun).map(begun -> begun.isAfter(now)).orElse(false);
    }
  }

  /** A representation in its period. */
  private record Located(Timed period, Coding coding) {
    Optional<String> head() {
      return coding.segments().head(coding.id(), coding.bandwidth());
    }

    List<String> list() {
      return coding.segments().list();
    }

    Optional<SegmentSeries> series() {
      return period.time.flatMap(
          time -> coding.segments().series(coding.id(), coding.bandwidth(), time));
    }

    Optional<String> start(DashInfo info, Instant now) {
      List<String> list = list();
      return list.isEmpty()
          ? series().flatMap(each -> each.start(now, info.delay().orElse(Duration.ZERO)))
          : Optional.of(info.live() ? list.getLast() : list.getFirst());
    }
  }

  // When the periods are (§5.3.2.1)

  private static List<Timed> timed(DashInfo info, List<Period> periods) {
    Optional<Instant> zero = info.live() ? zero(info.begun()) : Optional.empty();
    List<Timed> timed = new ArrayList<>();
    Optional<Duration> before = info.live() ? Optional.empty() : Optional.of(Duration.ZERO);
    for (int i = 0; i < periods.size(); i++) {
      Period each = periods.get(i);
      Optional<Duration> told = bounded(each.start());
      Optional<Duration> start = told.isPresent() ? told : before;
      Optional<Duration> next =
          bounded(i + 1 < periods.size() ? periods.get(i + 1).start() : info.duration());
      Optional<Duration> end =
          bounded(each.duration()).flatMap(it -> start.map(it::plus)).or(() -> next);
      Optional<Duration> length =
          end.flatMap(it -> start.map(it::minus)).filter(Duration::isPositive);
      Optional<Instant> begun = zero.flatMap(it -> start.map(it::plus));
      timed.add(
          new Timed(
              each,
              info.live() && begun.isEmpty()
                  ? Optional.empty()
                  : Optional.of(new PeriodTime(begun, length))));
      before = end;
    }
    return timed;
  }

  private static Optional<Duration> bounded(Optional<Duration> told) {
    return told.filter(it -> !it.isNegative() && it.compareTo(LONGEST) < 0);
  }

  /** The beginning of a live stream (§5.3.1.2); where no zone is told, in UTC. */
  private static Optional<Instant> zero(String begun) {
    try {
      TemporalAccessor told =
          DateTimeFormatter.ISO_DATE_TIME.parseBest(
              begun.strip(), OffsetDateTime::from, LocalDateTime::from);
      Instant zero =
          told instanceof OffsetDateTime zoned
              ? zoned.toInstant()
              : LocalDateTime.from(told).toInstant(ZoneOffset.UTC);
      return Optional.of(zero).filter(it -> it.isAfter(EARLIEST) && it.isBefore(LATEST));
    } catch (DateTimeException none) {
      return Optional.empty();
    }
  }
}
