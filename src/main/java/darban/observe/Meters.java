package darban.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The numbers for Prometheus: names start with {@code darban_}, in seconds and bytes. Label values
 * come from the configuration or from fixed words, never from a client, so that no client can make
 * series. Any thread; closed by whoever made it.
 */
public final class Meters implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Map<RequestLabels, RequestMeters> requests = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> openConnections = new ConcurrentHashMap<>();
  private final Map<String, Upstream> upstreams = new ConcurrentHashMap<>();
  private final Map<String, Tunnels> tunnels = new ConcurrentHashMap<>();
  private final List<Runnable> tables = new CopyOnWriteArrayList<>();
  private final LongAdder inFlight = new LongAdder();
  private final Histogram durations =
      histogram(
          "darban_http_request_duration_seconds",
          "From a request's head to the end of its answer",
          Buckets.REQUESTS);
  private final Histogram firstBytes =
      histogram(
          "darban_http_time_to_first_byte_seconds",
          "From a request's head to the head of its answer",
          Buckets.REQUESTS);
  private final Histogram lags =
      histogram(
          "darban_live_lag_seconds",
          "From bytes of a publisher to a viewer who waited for them",
          Buckets.LAGS);
  private final Histogram edgeLags =
      histogram(
          "darban_edge_lag_seconds",
          "From bytes of an origin's live stream to a viewer who waited for them",
          Buckets.LAGS);
  private final PlayerMeters players = new PlayerMeters(registry);
  private volatile Instant inForceSince;
  private final Counter clientAborts;
  private final Counter retries;

  /** The meters of the process itself, and what every start has. */
  public Meters(Instant now) {
    inForceSince = now;
    new JvmMemoryMetrics().bindTo(registry);
    gc.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    Gauge.builder(
            "darban.config.last.reload.success.timestamp.seconds",
            this,
            it -> (double) it.inForceSince.getEpochSecond())
        .description("When the configuration in force was loaded, in seconds since 1970")
        .register(registry);
    Gauge.builder("darban.http.requests.in.flight", inFlight, LongAdder::sum)
        .description("Requests begun and not ended")
        .register(registry);
    clientAborts =
        Counter.builder("darban.client.aborts")
            .description("Requests whose client left before the end")
            .register(registry);
    retries =
        Counter.builder("darban.upstream.retries")
            .description("Tries of a request beyond its first")
            .register(registry);
  }

  private Histogram histogram(String name, String help, Duration[] bounds) {
    Histogram made = new Histogram(name, help, bounds);
    registry.getPrometheusRegistry().register(made);
    return made;
  }

  /** The labels of a request. */
  public record RequestLabels(
      String listener, String site, String service, String method, int code, String protocol) {}

  /**
   * What became of a request.
   *
   * @param nanos from its head to the end of its answer
   * @param firstByteNanos from its head to the head of its answer; -1 without one
   * @param received bytes of its body
   * @param sent bytes of the answer's body
   * @param cache what the cache did, in a word; null without one
   * @param attempts tries to reach an origin server
   */
  public record Outcome(
      long nanos,
      long firstByteNanos,
      long received,
      long sent,
      @Nullable String cache,
      int attempts) {}

  /** The meters of requests that have the same labels. */
  private final class RequestMeters {
    private final Histogram.Series duration;
    private final Histogram.Series firstByte;
    private final Counter received;
    private final Counter sent;
    private final Counter count;
    private final Map<String, Counter> byCache = new ConcurrentHashMap<>();
    private final Function<String, Counter> cache;

    RequestMeters(RequestLabels labels) {
      String[] tags = {
        "listener", labels.listener(),
        "site", labels.site(),
        "service", labels.service(),
        "method", labels.method(),
        "code", Integer.toString(labels.code()),
        "proto", labels.protocol()
      };
      String[] few = {"listener", labels.listener(), "service", labels.service()};
      duration = durations.with(few);
      firstByte = firstBytes.with(few);
      received =
          Counter.builder("darban.http.request.bytes")
              .description("Bytes of request bodies")
              .tags(few)
              .register(registry);
      sent =
          Counter.builder("darban.http.response.bytes")
              .description("Bytes of answers' bodies")
              .tags(few)
              .register(registry);
      count =
          Counter.builder("darban.http.requests")
              .description("Requests answered or given up")
              .tags(tags)
              .register(registry);
      cache =
          result ->
              Counter.builder("darban.cache.requests")
                  .description("Requests that came to the cache, by what it did")
                  .tags("service", labels.service(), "result", result)
                  .register(registry);
    }

    void record(Outcome outcome) {
      count.increment();
      duration.record(outcome.nanos());
      if (outcome.firstByteNanos() >= 0) {
        firstByte.record(outcome.firstByteNanos());
      }
      if (outcome.received() > 0) {
        received.increment((double) outcome.received());
      }
      if (outcome.sent() > 0) {
        sent.increment((double) outcome.sent());
      }
      if (outcome.cache() != null) {
        byCache.computeIfAbsent(outcome.cache(), cache).increment();
      }
    }
  }

  /** A request began. */
  public void began() {
    inFlight.increment();
  }

  /** A request ended. */
  public void ended(RequestLabels labels, Outcome outcome) {
    inFlight.decrement();
    RequestMeters meters = requests.get(labels);
    if (meters == null) {
      meters = requests.computeIfAbsent(labels, each -> new RequestMeters(each));
    }
    meters.record(outcome);
    if (labels.code() == 499) {
      clientAborts.increment();
    }
    if (outcome.attempts() > 1) {
      retries.increment(outcome.attempts() - 1);
    }
  }

  /** The configuration was read again, and put in force or not. */
  public void reloaded(boolean done, Instant at) {
    Counter.builder("darban.config.reloads")
        .description("Times the configuration was read again")
        .tags("result", done ? "done" : "refused")
        .register(registry)
        .increment();
    if (done) {
      inForceSince = at;
    }
  }

  /** Bytes came that were no acceptable request. */
  public void refused(String listener, String kind) {
    registry.counter("darban.http.refused", "listener", listener, "reason", kind).increment();
  }

  /**
   * The connections to the servers of a service, over all loops.
   *
   * @param open open connections
   * @param waiting requests that wait for one
   * @param reused requests that found one that had served before
   */
  public record Upstream(LongAdder open, LongAdder waiting, LongAdder reused) {
    /** Numbers that nobody looks at. */
    public Upstream() {
      this(new LongAdder(), new LongAdder(), new LongAdder());
    }
  }

  /** The connections to the servers of {@code service}, to be counted. */
  public Upstream upstream(String service) {
    return upstreams.computeIfAbsent(
        service,
        key -> {
          Upstream made = new Upstream();
          Gauge.builder("darban.upstream.connections.open", made.open, LongAdder::sum)
              .description("Open connections to the servers of a service")
              .tags("service", key)
              .register(registry);
          Gauge.builder("darban.upstream.queue", made.waiting, LongAdder::sum)
              .description("Requests that wait for a connection to a server")
              .tags("service", key)
              .register(registry);
          FunctionCounter.builder(
                  "darban.upstream.connections.reused", made.reused, LongAdder::doubleValue)
              .description("Requests sent on connections that had served before")
              .tags("service", key)
              .register(registry);
          return made;
        });
  }

  /** The tunnels of one kind. */
  private record Tunnels(LongAdder open, Counter in, Counter out) {}

  private Tunnels tunnels(String kind) {
    return tunnels.computeIfAbsent(
        kind,
        key -> {
          LongAdder open = new LongAdder();
          Gauge.builder("darban.tunnels.active", open, LongAdder::sum)
              .description("Open tunnels: by CONNECT, SOCKS or an upgrade such as WebSocket")
              .tags("kind", key)
              .register(registry);
          return new Tunnels(open, tunnelBytes(key, "in"), tunnelBytes(key, "out"));
        });
  }

  private Counter tunnelBytes(String kind, String direction) {
    return Counter.builder("darban.tunnel.bytes")
        .description("Bytes that went through tunnels from clients (in) and to them (out)")
        .tags("kind", kind, "direction", direction)
        .register(registry);
  }

  /** A tunnel of that kind is open. */
  public void tunnelOpened(String kind) {
    tunnels(kind).open.increment();
  }

  /** A tunnel ended, through which so many bytes went. */
  public void tunnelled(String kind, long fromClient, long toClient) {
    Tunnels ended = tunnels(kind);
    ended.open.decrement();
    ended.in.increment((double) fromClient);
    ended.out.increment((double) toClient);
  }

  /** What players report. */
  public PlayerMeters players() {
    return players;
  }

  /** The forward proxy refused a client something. */
  public void denied(String rule) {
    Counter.builder("darban.proxy.denied")
        .description("What clients of the forward proxy were refused, by the rule")
        .tags("rule", rule)
        .register(registry)
        .increment();
  }

  /** The number of open connections of a listener, to be counted up and down. */
  public LongAdder connections(String listener, String protocol) {
    return openConnections.computeIfAbsent(
        listener + '/' + protocol,
        key -> {
          LongAdder open = new LongAdder();
          Gauge.builder("darban.connections.open", open, LongAdder::sum)
              .description("Open client connections")
              .tags("listener", listener, "proto", protocol)
              .register(registry);
          return open;
        });
  }

  /** Takes, in nanoseconds, how long bytes of live streams took from a publisher to a viewer. */
  public LongConsumer partLag(String hub) {
    return lags.with("hub", hub)::record;
  }

  /** As {@link #partLag}, from the origin of a service. */
  public LongConsumer edgeLag(String service) {
    return edgeLags.with("service", service)::record;
  }

  /** A number that is read when Prometheus asks. */
  public <T> void gauge(
      String name, String description, T source, ToDoubleFunction<T> read, String... labels) {
    Gauge.builder(name, source, read)
        .description(description)
        .tags(labels)
        .strongReference(true)
        .register(registry);
  }

  /** A number that only grows, kept elsewhere and read when Prometheus asks. */
  public <T> void total(
      String name, String description, T source, ToDoubleFunction<T> read, String... labels) {
    FunctionCounter.builder(name, source, read)
        .description(description)
        .tags(labels)
        .register(registry);
  }

  /** A number that only grows. */
  public Counter counter(String name, String description, String... labels) {
    return Counter.builder(name).description(description).tags(labels).register(registry);
  }

  /**
   * Numbers whose labels come and go, read when Prometheus asks.
   *
   * @param rows the labels of each, in pairs of name and value, and the number
   */
  public void table(String name, String description, Supplier<Map<List<String>, Double>> rows) {
    MultiGauge table = MultiGauge.builder(name).description(description).register(registry);
    tables.add(() ->
        table.register(
            rows.get().entrySet().stream()
                .<MultiGauge.Row<?>>map(row ->
                    MultiGauge.Row.of(Tags.of(row.getKey().toArray(String[]::new)), row.getValue()))
                .toList(),
            true));
  }

  /** All of it in Prometheus' text format. */
  public String scrape() {
    tables.forEach(Runnable::run);
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
