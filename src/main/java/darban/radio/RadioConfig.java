package darban.radio;

import static darban.config.Shapes.choice;
import static darban.config.Shapes.duration;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.section;
import static darban.config.Shapes.size;
import static darban.config.Shapes.within;

import darban.access.FailedLogins;
import darban.access.UserConfig;
import darban.config.Shape;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Mounts of radio, as the configuration says it.
 *
 * @param sources names of users who may send; empty for anyone
 * @param failedLogins wrong passwords of one client address before it is not listened to
 * @param hearing what listeners get
 * @param silence after which a source is given up
 * @param grace how long listeners wait for another source
 * @param most how many
 */
public record RadioConfig(
    Optional<Set<String>> sources,
    FailedLogins failedLogins,
    Hearing hearing,
    Duration silence,
    Duration grace,
    Most most) {
  /**
   * What listeners get.
   *
   * @param burst bytes at once, so that players begin at once
   * @param queue bytes that one may be behind
   * @param slow what becomes of one who is further behind
   * @param interval bytes between two titles
   */
  public record Hearing(int burst, int queue, Slow slow, int interval) {}

  /** What becomes of a listener who is too far behind. */
  public enum Slow {
    /** The connection is cut. */
    DROP,
    /** It goes on with what is new. */
    SKIP
  }

  /**
   * How many.
   *
   * @param mounts at once
   * @param listeners of all mounts together
   */
  public record Most(int mounts, int listeners) {}

  /** The shape of one of them. */
  public static final Shape<RadioConfig> SHAPE =
      section(
          "radio",
          keys -> {
            var sources =
                keys.required(
                    "sources",
                    UserConfig.orAnyone(UserConfig.NAMES),
                    "Who sends, by SOURCE or PUT: users, `anyone`");
            var failedLogins = FailedLogins.key(keys);
            var burst =
                keys.withDefault(
                    "burst", within(size(), "0", "4MiB"), "64KiB", "Sent at once to who comes");
            var queue =
                keys.withDefault(
                    "queue",
                    within(size(), "64KiB", "64MiB"),
                    "512KiB",
                    "A listener's lag, at most");
            var slow =
                keys.withDefault(
                    "slow", choice(Slow.class), "drop", "Who is further behind: `drop`, or `skip`");
            var interval =
                keys.withDefault(
                    "metadata-interval",
                    within(size(), "1KiB", "1MiB"),
                    "16KiB",
                    "Bytes of sound between two titles (icy-metaint)");
            var silence =
                keys.withDefault(
                    "source-timeout",
                    within(duration(), "1s", "10m"),
                    "10s",
                    "Silence after which a source is given up");
            var grace =
                keys.withDefault(
                    "grace",
                    within(duration(), "0s", "10m"),
                    "5s",
                    "How long listeners wait for a source that comes back");
            var mounts = keys.withDefault("mounts", integer(1, 10_000), "100", "At most");
            var listeners =
                keys.withDefault(
                    "listeners", integer(1, 1_000_000), "10000", "Of all mounts, at most");
            return values ->
                new RadioConfig(
                    values.get(sources),
                    values.get(failedLogins),
                    new Hearing(
                        values.get(burst).intValue(),
                        values.get(queue).intValue(),
                        values.get(slow),
                        values.get(interval).intValue()),
                    values.get(silence),
                    values.get(grace),
                    new Most(values.get(mounts), values.get(listeners)));
          });
}
