package darban.app;

import darban.listen.web.WebListener;
import darban.live.Hub;
import darban.live.LiveStream;
import darban.observe.Meters;
import darban.radio.Mount;
import darban.radio.Radio;
import darban.store.Disk;
import darban.store.Store;
import darban.tls.HandshakeFault;
import darban.tls.TlsCounters;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What is measured of the house beside its requests: read when Prometheus asks, of the
 * configuration that is in force then. Any thread.
 */
final class Measurements {
  private final House house;
  private final Meters meters;
  private final Supplier<Graph> graph;
  private final TitleMeasurements titles;
  private boolean disk;

  /** Measures nothing yet; {@code graph} is the one in force. */
  Measurements(House house, Supplier<Graph> graph) {
    this.house = house;
    this.meters = house.meters();
    this.graph = graph;
    this.titles = new TitleMeasurements(meters, graph);
  }

  /** Begins to measure what every configuration has. */
  void begin() {
    for (int i = 0; i < house.loops().size(); i++) {
      meters.gauge(
          "darban.event.loop.lag.seconds",
          "How late an event loop looked at its timers last",
          house.loops().get(i),
          loop -> loop.lagNanos() / 1e9,
          "loop",
          Integer.toString(i));
    }
    meters.gauge(
        "darban.direct.memory.bytes",
        "Memory outside the heap that Netty holds",
        PooledByteBufAllocator.DEFAULT,
        any -> (double) PlatformDependent.usedDirectMemory());
    meters.gauge(
        "darban.pressure",
        "Short of descriptors or memory: 0 no, 1 takes no connections, 2 takes no requests",
        house.pressure(),
        pressure -> pressure.state().ordinal());
    meters.gauge(
        "darban.access.log.dropped",
        "Lines of the access log that were dropped",
        graph,
        now -> (double) now.get().droppedLines());
    meters.table(
        "darban.tls.certificate.expiry.timestamp.seconds",
        "When the certificate for a name expires, in seconds since 1970",
        this::expiries);
    inMemory();
    live();
    radio();
    titles.edge();
    titles.films();
  }

  private Map<List<String>, Double> expiries() {
    Map<List<String>, Double> rows = new HashMap<>();
    for (WebListener listener : house.listeners().open()) {
      if (listener.tls() != null) {
        listener
            .tls()
            .expiries()
            .forEach((name, expiry) ->
                rows.put(
                    List.of("listener", listener.name(), "name", name),
                    (double) expiry.getEpochSecond()));
      }
    }
    return rows;
  }

  private void handshakes(String name) {
    handshakes(name, "full", "kind", TlsCounters::full);
    handshakes(name, "resumed", "kind", TlsCounters::resumed);
    handshakes(name, "quic", "kind", TlsCounters::quic);
    for (HandshakeFault fault : HandshakeFault.values()) {
      handshakes(name, fault.name(), "reason", counters -> counters.failed(fault));
    }
  }

  private void handshakes(
      String listener, String word, String label, ToLongFunction<TlsCounters> read) {
    boolean failures = label.equals("reason");
    meters.total(
        failures ? "darban.tls.handshake.failures" : "darban.tls.handshakes",
        failures ? "TLS handshakes that failed" : "TLS handshakes that ended well",
        house.listeners(),
        listeners ->
            listeners.open().stream()
                .filter(each -> each.name().equals(listener))
                .map(WebListener::tls)
                .filter(Objects::nonNull)
                .mapToLong(tls -> read.applyAsLong(tls.counters()))
                .sum(),
        "listener",
        listener,
        label,
        word);
  }

  // Live streams

  private void live() {
    streams("viewers", "Viewers of a live stream of late", each -> (double) each.viewers());
    streams("publishers", "Uploads to a live stream", each -> (double) each.publishers());
    streams("bytes", "Bytes that a live stream takes of memory", each -> (double) each.bytes());
    streams("disk.bytes", "Bytes of a live stream on disk", each -> (double) each.bytesOnDisk());
    streams(
        "ingest.gap.seconds",
        "Since a live stream got bytes last",
        each -> (double) each.silentNanos() / 1e9);
    streams(
        "received.bytes",
        "Bytes that publishers sent to a live stream",
        each -> (double) each.counters().received().sum());
    streams(
        "sent.bytes",
        "Bytes that viewers got of a live stream",
        each -> (double) each.counters().sent().sum());
    streams(
        "aborted.uploads",
        "Uploads to a live stream that broke",
        each -> (double) each.counters().aborted().sum());
    streams(
        "held.requests",
        "Requests held until what they asked for was there",
        each -> (double) each.counters().holds().sum());
    streams(
        "held.seconds",
        "How long requests were held, together",
        each -> (double) each.counters().heldNanos().sum() / 1e9);
    streams(
        "lag.mean.seconds",
        "From bytes of a publisher to a viewer who waited for them, on average",
        each ->
            (double) each.counters().lagNanos().sum()
                / 1e9
                / (double) Math.max(1, each.counters().lags().sum()));
    streams(
        "skipped.segments",
        "Segments left out for other origins that were too slow",
        each -> (double) each.counters().skipped().sum());
    hubs(
        "disk.failures",
        "Times a disk did not take what was to lie there of live streams",
        hub -> (double) hub.diskFailures());
    hubs(
        "pulled.tracks",
        "Tracks of live streams that are being fetched",
        hub -> (double) hub.relays().pulled().sum());
    hubs(
        "pushed.tracks",
        "Tracks of live streams that are being sent on",
        hub -> (double) hub.relays().pushed().sum());
    hubs(
        "relay.failures",
        "Times that fetching or sending a live stream on failed",
        hub -> (double) hub.relays().failures().sum());
  }

  private void hubs(String name, String doc, ToDoubleFunction<Hub> read) {
    meters.table(
        "darban.live." + name,
        doc,
        () ->
            graph.get().hubs().stream()
                .collect(Collectors.toMap(hub -> List.of("hub", hub.name()), read::applyAsDouble)));
  }

  /**
   * Streams come and go with their publishers, and there are no more than the configuration has.
   */
  private void streams(String name, String doc, ToDoubleFunction<LiveStream.Figures> read) {
    meters.table(
        "darban.live." + name,
        doc,
        () -> {
          Map<List<String>, Double> rows = new HashMap<>();
          for (Hub hub : graph.get().hubs()) {
            for (LiveStream.Figures each : hub.figures(System.nanoTime())) {
              List<String> labels = List.of("hub", hub.name(), "stream", each.name());
              rows.put(labels, read.applyAsDouble(each));
            }
          }
          return rows;
        });
  }

  // Radio

  private void radio() {
    mounts("listeners", "Listeners of a mount", each -> (double) each.listeners());
    mounts("received.bytes", "Bytes that sources sent", each -> (double) each.received());
    mounts("sent.bytes", "Bytes that listeners got", each -> (double) each.sent());
    mounts("slow.listeners", "Listeners who were too slow", each -> (double) each.slow());
  }

  /** Mounts come and go with their sources, and there are no more than the configuration has. */
  private void mounts(String name, String doc, ToDoubleFunction<Mount.Figures> read) {
    meters.table(
        "darban.radio." + name,
        doc,
        () -> {
          Map<List<String>, Double> rows = new HashMap<>();
          for (Radio radio : graph.get().radios()) {
            for (Mount.Figures each : radio.figures()) {
              List<String> labels = List.of("radio", radio.name(), "mount", each.mount());
              rows.put(labels, read.applyAsDouble(each));
            }
          }
          return rows;
        });
  }

  // The cache

  private void inMemory() {
    gauge("bytes", "Bytes stored", "memory", figures -> (double) figures.bytes());
    gauge("entries", "Answers stored", "memory", figures -> (double) figures.entries());
    gauge(
        "filling.bytes",
        "Set aside for what is under way",
        "memory",
        figures -> (double) figures.filling());
    total(
        "evictions",
        "Answers given up for others",
        "memory",
        figures -> (double) figures.evicted());
    total(
        "unstored", "Answers that found no room", "memory", figures -> (double) figures.unstored());
  }

  /** Begins to measure what a configuration has that those before it had not. */
  void also(Configuration configuration) {
    house.listeners().open().stream()
        .filter(listener -> listener.tls() != null)
        .forEach(listener -> handshakes(listener.name()));
    boolean onDisk = configuration.cache().filter(it -> it.disk().isPresent()).isPresent();
    if (onDisk && !disk) {
      disk = true;
      onDisk();
    }
  }

  private void onDisk() {
    gauge("bytes", "Bytes stored", "disk", of(Disk.Figures::bytes));
    gauge("entries", "Answers stored", "disk", of(Disk.Figures::entries));
    gauge("filling.bytes", "Set aside for what is under way", "disk", of(Disk.Figures::pending));
    gauge(
        "writable",
        "Whether the disk takes what is to be stored",
        "disk",
        of(figures -> figures.state() == Disk.State.WORKING ? 1 : 0));
    total("evictions", "Answers given up for others", "disk", of(Disk.Figures::evictions));
    total("unstored", "Answers that found no room", "disk", of(Disk.Figures::refused));
    total("loads", "Answers read", "disk", of(Disk.Figures::hits));
    total("stored", "Answers written", "disk", of(Disk.Figures::stored));
    total(
        "damaged",
        "Answers and slices whose checksum was wrong",
        "disk",
        of(Disk.Figures::damaged));
    total("errors", "Reads and writes that failed", "disk", of(Disk.Figures::errors));
    total("scrubbed.bytes", "Bytes looked at for damage", "disk", of(Disk.Figures::scrubbed));
  }

  private static ToDoubleFunction<Store.Figures> of(ToLong read) {
    return figures -> {
      Disk.Figures disk = figures.disk();
      return disk == null ? 0 : (double) read.of(disk);
    };
  }

  /** One of the disk's figures. */
  private interface ToLong {
    long of(Disk.Figures figures);
  }

  private void gauge(String name, String doc, String tier, ToDoubleFunction<Store.Figures> read) {
    meters.gauge(
        "darban.cache." + name,
        doc,
        graph,
        now -> read.applyAsDouble(now.get().store().figures()),
        "tier",
        tier);
  }

  private void total(String name, String doc, String tier, ToDoubleFunction<Store.Figures> read) {
    meters.total(
        "darban.cache." + name,
        doc,
        graph,
        now -> read.applyAsDouble(now.get().store().figures()),
        "tier",
        tier);
  }
}
