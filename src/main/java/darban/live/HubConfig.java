package darban.live;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.duration;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.path;
import static darban.config.Shapes.section;
import static darban.config.Shapes.size;
import static darban.config.Shapes.within;

import darban.access.FailedLogins;
import darban.access.UserConfig;
import darban.config.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A hub of live streams, as the configuration says it.
 *
 * @param publishers names of users who may publish; empty for anyone
 * @param failedLogins wrong passwords of one client address before it is not listened to
 * @param ring how much is kept
 * @param cutting how tracks become segments and parts
 * @param recordings what becomes of streams; empty where nothing stays of them
 * @param relay how streams go from one origin to another
 * @param standby what is shown while a publisher is silent
 * @param takeover silence after which another publisher may go on under the same name
 * @param streams at most
 */
public record HubConfig(
    Optional<Set<String>> publishers,
    FailedLogins failedLogins,
    Ring ring,
    Cutting cutting,
    Optional<Recordings> recordings,
    RelayConfig relay,
    Optional<StandbyConfig> standby,
    Duration takeover,
    int streams) {
  /**
   * How much of a stream is kept.
   *
   * @param window how far back
   * @param memory bytes of memory at most
   * @param disk where the older half of it goes when that is full; empty for nowhere
   */
  public record Ring(Duration window, long memory, Optional<Disk> disk) {}

  /**
   * Where on disk.
   *
   * @param path a folder, made when it is not there
   * @param size bytes of one stream at most
   */
  public record Disk(Path path, long size) {}

  /**
   * What stays of streams.
   *
   * @param path a folder, made when it is not there
   * @param size bytes of all recordings, at most
   * @param age after which they go
   */
  public record Recordings(Path path, long size, Duration age) {}

  /**
   * How tracks become segments and parts.
   *
   * @param lowLatency whether there are parts
   * @param segment how long a segment is where the publisher cuts none
   * @param part how long a part is, unless chunks are longer
   */
  public record Cutting(boolean lowLatency, Duration segment, Duration part) {
    /** How long a segment is, in microseconds. */
    long grid() {
      return segment.toNanos() / 1000;
    }

    /** How long a part is, in microseconds. */
    long goal() {
      return part.toNanos() / 1000;
    }
  }

  /** A request is held for as many segments' length (RFC 8216bis §6.2.5.2). */
  private static final int SEGMENTS_HELD = 3;

  private static final Shape<Disk> DISK =
      section(
          "live-disk",
          keys -> {
            var path = keys.required("path", path(), "A folder; files in it go with the process");
            var size = keys.withDefault("size", size(), "10GB", "Of one stream, at most");
            return values -> new Disk(values.get(path), values.get(size));
          });

  private static final Shape<Recordings> RECORDINGS =
      section(
          "live-record",
          keys -> {
            var path =
                keys.required(
                    "path", path(), "A folder of its own; recordings are in STREAM/TIME in it");
            var size =
                keys.withDefault(
                    "size",
                    within(size(), "1MB", "1000TiB"),
                    "100GB",
                    "Of all recordings, about; the oldest go");
            var age =
                keys.withDefault(
                    "age", within(duration(), "1m", "3650d"), "30d", "Older recordings go");
            return values -> new Recordings(values.get(path), values.get(size), values.get(age));
          });

  private static final Shape<Optional<Set<String>>> INGEST =
      UserConfig.orAnyone(
          section(
              "live-ingest",
              keys -> {
                var users = keys.required("users", UserConfig.NAMES, "Who may publish");
                return values -> values.get(users);
              }));

  /** How long a request is held for what may come. */
  public Duration patience() {
    return cutting.segment().multipliedBy(SEGMENTS_HELD);
  }

  /** Whether what began then is so new that what is not there yet may come. */
  boolean isNew(Instant began, Instant now) {
    return now.isBefore(began.plus(patience()));
  }

  /** The shape of a hub. */
  public static final Shape<HubConfig> SHAPE =
      section(
          "live",
          keys -> {
            var ingest =
                keys.required("ingest", INGEST, "Who publishes, by PUT or POST: users, `anyone`");
            var failedLogins = FailedLogins.key(keys);
            var window =
                keys.withDefault(
                    "window",
                    within(duration(), "4s", "7d"),
                    "2m",
                    "How far back a stream is kept");
            var memory =
                keys.withDefault(
                    "memory",
                    within(size(), "1MB", "1TiB"),
                    "64MB",
                    "Of one stream; the oldest of it goes earlier where that is not enough");
            var disk =
                keys.optional("disk", DISK, "Where the older part goes when memory is half full");
            var record =
                keys.optional("record", RECORDINGS, "Where streams are kept for later, as HLS");
            var pull =
                keys.optional(
                    "pull", RelayConfig.PULL, "Where streams are fetched when one is watched");
            var push =
                keys.withDefault(
                    "push", RelayConfig.PUSHES, "[]", "Where all streams are sent on to");
            var standby =
                keys.optional(
                    "standby", StandbyConfig.SHAPE, "What is shown while a publisher is silent");
            var low =
                keys.withDefault(
                    "low-latency", bool(), "true", "Whether players get parts of segments");
            var segment =
                keys.withDefault(
                    "segment",
                    within(duration(), "500ms", "20s"),
                    "2s",
                    "Segments of tracks that come in one piece; cut at key frames");
            var part =
                keys.withDefault(
                    "part",
                    within(duration(), "100ms", "5s"),
                    "400ms",
                    "Parts, unless the publisher's chunks are longer");
            var takeover =
                keys.withDefault(
                    "takeover",
                    within(duration(), "1s", "10m"),
                    "5s",
                    "Silence after which another publisher may take a name over");
            var streams = keys.withDefault("streams", integer(1, 10_000), "100", "At most");
            return values ->
                new HubConfig(
                    values.get(ingest),
                    values.get(failedLogins),
                    new Ring(values.get(window), values.get(memory), values.get(disk)),
                    new Cutting(values.get(low), values.get(segment), values.get(part)),
                    values.get(record),
                    new RelayConfig(values.get(pull), values.get(push)),
                    values.get(standby),
                    values.get(takeover),
                    values.get(streams));
          });
}
