package darban.observe;

import darban.media.report.Cmcd;
import darban.media.report.CmcdKey;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What players report of how they do (CMCD). Labels are a service's name and two words of fixed
 * sets, whatever a report says. Any thread.
 */
public final class PlayerMeters {
  /** Beyond that a report is not believed. */
  private static final long MOST_MILLIS = Duration.ofHours(1).toMillis();

  private static final long MOST_KBPS = 1_000_000;

  private final MeterRegistry registry;
  private final Map<Labels, Of> meters = new ConcurrentHashMap<>();

  PlayerMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  private record Labels(String service, String format, String type) {}

  /** The meters of one set of labels. */
  private static final class Of {
    private final Counter reports;
    private final Counter starvations;
    private final Counter starved;
    private final Timer startup;
    private final Timer buffer;
    private final Timer latency;
    private final DistributionSummary bitrate;

    Of(MeterRegistry registry, Labels labels) {
      Tags tags =
          Tags.of("service", labels.service, "format", labels.format, "stream", labels.type);
      reports = counter(registry, tags, "reports", "Reports of players (CMCD)");
      starvations = counter(registry, tags, "starvations", "Reports of a buffer that ran empty");
      starved = counter(registry, tags, "starved.seconds", "How long buffers were empty");
      startup = timer(registry, tags, "startup", "From the order to play until something plays");
      buffer = timer(registry, tags, "buffer", "How much players have in hand");
      latency = timer(registry, tags, "latency", "How far behind live players are");
      bitrate =
          DistributionSummary.builder("darban.player.bitrate")
              .description("Bits a second of the objects that players ask for")
              .tags(tags)
              .serviceLevelObjectives(Buckets.BITS)
              .register(registry);
    }

    private static Counter counter(MeterRegistry to, Tags tags, String name, String doc) {
      return Counter.builder("darban.player." + name).description(doc).tags(tags).register(to);
    }

    private static Timer timer(MeterRegistry to, Tags tags, String name, String doc) {
      return Timer.builder("darban.player." + name)
          .description(doc)
          .tags(tags)
          .serviceLevelObjectives(Buckets.PLAYING)
          .register(to);
    }
  }

  /** A player of something of {@code service} reported. */
  public void report(String service, Cmcd report) {
    Of of =
        meters.computeIfAbsent(
            new Labels(service, format(report), type(report)), each -> new Of(registry, each));
    of.reports.increment();
    if (report.is(CmcdKey.BUFFER_STARVATION)) {
      of.starvations.increment();
    }
    within(report, CmcdKey.BUFFER_STARVATION_DURATION, MOST_MILLIS)
        .ifPresent(millis -> of.starved.increment(millis / 1000.0));
    record(of.startup, report, CmcdKey.MEDIA_START_DELAY);
    record(of.buffer, report, CmcdKey.BUFFER_LENGTH);
    record(of.latency, report, CmcdKey.LATENCY);
    within(report, CmcdKey.BITRATE, MOST_KBPS).ifPresent(kbps -> of.bitrate.record(kbps * 1000.0));
  }

  private static void record(Timer timer, Cmcd report, CmcdKey key) {
    within(report, key, MOST_MILLIS)
        .ifPresent(millis -> timer.record(millis, TimeUnit.MILLISECONDS));
  }

  private static OptionalLong within(Cmcd report, CmcdKey key, long most) {
    OptionalLong number = report.number(key);
    return number.isPresent() && number.getAsLong() >= 0 && number.getAsLong() <= most
        ? number
        : OptionalLong.empty();
  }

  private static String format(Cmcd report) {
    return switch (report.text(CmcdKey.STREAMING_FORMAT).orElse("")) {
      case "h" -> "hls";
      case "d" -> "dash";
      case "s" -> "smooth";
      default -> "other";
    };
  }

  private static String type(Cmcd report) {
    return switch (report.text(CmcdKey.STREAM_TYPE).orElse("")) {
      case "l", "ll" -> "live";
      case "v" -> "recording";
      default -> "other";
    };
  }
}
