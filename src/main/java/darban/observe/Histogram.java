package darban.observe;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * How long things took that every request has, as a histogram for Prometheus. Micrometer's reads
 * the wall clock with each value and counts those of all threads in one array; here event loops
 * that record at the same time share nothing. Any thread.
 */
final class Histogram implements Collector {
  private final String name;
  private final String help;
  private final long[] bounds;
  private final Map<Labels, Series> all = new ConcurrentHashMap<>();

  /** Of seconds: {@code name} ends in {@code _seconds}, {@code bounds} ascend. */
  Histogram(String name, String help, Duration... bounds) {
    this.name = name;
    this.help = help;
    this.bounds = Stream.of(bounds).mapToLong(Duration::toNanos).toArray();
  }

  /** The one with these labels, pairs of name and value. */
  Series with(String... labels) {
    return all.computeIfAbsent(Labels.of(labels), made -> new Series());
  }

  /** What was recorded under the same labels. */
  final class Series {
    private final LongAdder[] counts =
        Stream.generate(LongAdder::new).limit(bounds.length + 1L).toArray(LongAdder[]::new);
    private final LongAdder nanos = new LongAdder();

    /** Counts what took so long. */
    void record(long took) {
      int bucket = 0;
      while (bucket < bounds.length && took > bounds[bucket]) {
        bucket++;
      }
      counts[bucket].increment();
      nanos.add(took);
    }

    private HistogramDataPointSnapshot point(Labels labels) {
      ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
      for (int i = 0; i < counts.length; i++) {
        double bound = i < bounds.length ? seconds(bounds[i]) : Double.POSITIVE_INFINITY;
        buckets.bucket(bound, counts[i].sum());
      }
      return HistogramDataPointSnapshot.builder()
          .labels(labels)
          .classicHistogramBuckets(buckets.build())
          .sum(seconds(nanos.sum()))
          .build();
    }
  }

  private static double seconds(long nanos) {
    return nanos / (double) TimeUnit.SECONDS.toNanos(1);
  }

  @Override
  public HistogramSnapshot collect() {
    HistogramSnapshot.Builder points = HistogramSnapshot.builder().name(name).help(help);
    all.forEach((labels, series) -> points.dataPoint(series.point(labels)));
    return points.build();
  }
}
