package darban.app;

import darban.admin.AdminServer;
import darban.admin.Controls;
import darban.base.Ticker;
import darban.demo.DemoOrigin;
import darban.exchange.Recorder;
import darban.flow.Loop;
import darban.listen.Pressure;
import darban.listen.web.WebListener;
import darban.observe.AccessLog;
import darban.observe.Meters;
import darban.store.Store;
import darban.tls.Engine;
import darban.tls.Tls;
import darban.tls.TlsLog;
import darban.tls.TlsRuntime;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A running Darban: Vert.x, its event loops, the parts of a configuration, the control plane. Any
 * thread. Started once, stopped once.
 */
public final class Gateway implements Controls {
  private static final Logger LOG = Logger.getLogger("darban");
  private static final Duration FILE_POLL = Duration.ofMillis(500);
  private static final Duration PRESSURE_POLL = Duration.ofMillis(500);

  private final Configuration configuration;
  private final Path certificates;
  private final Duration drainWithin;
  private final Vertx vertx;
  private final int loopCount;
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private final Meters meters = new Meters();
  private final Pressure pressure;
  private final Instant startedAt = Ticker.system().now();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Promise<@Nullable Boolean> stopped = Promise.promise();
  private @Nullable AccessLog accessLog;
  private @Nullable Graph graph;
  private @Nullable AdminServer admin;
  private @Nullable DemoOrigin demo;
  private volatile boolean ready;
  private volatile long pressureTimer = -1;

  /**
   * A gateway, not started.
   *
   * @param certificates folder of the development CA
   * @param loopCount event loops; one a core is right
   * @param drainWithin how long requests under way may take when it stops
   * @param pressure makes the pressure, given what is held outside the heap
   */
  Gateway(
      Configuration configuration,
      Path certificates,
      int loopCount,
      Duration drainWithin,
      Function<LongSupplier, Pressure> pressure) {
    this.configuration = configuration;
    this.certificates = certificates;
    this.loopCount = loopCount;
    this.drainWithin = drainWithin;
    this.pressure = pressure.apply(this::held);
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(loopCount)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
  }

  /** Starts everything; what was bound is in {@link #addresses}. */
  Future<@Nullable Void> start() {
    try {
      if (configuration.log().access().isPresent()) {
        accessLog = new AccessLog(configuration.log().access().get(), System.out, LOG::warning);
      }
    } catch (IOException e) {
      return Future.failedFuture(
          new IOException("the access log cannot be opened: " + e.getMessage(), e));
    }
    DeploymentOptions options = new DeploymentOptions().setInstances(loopCount);
    return vertx
        .deployVerticle(() -> new LoopVerticle(Ticker.system(), loops::add), options)
        .compose(deployed -> startGraph())
        .compose(done -> startDemo())
        .compose(done -> startAdmin())
        .onSuccess(done -> ready = true);
  }

  private Future<@Nullable Void> startGraph() {
    byte[] id = new byte[4];
    SecureRandom random = new SecureRandom();
    random.nextBytes(id);
    TlsRuntime runtime =
        new TlsRuntime(vertx, Engine.best(), Ticker.system(), random, FILE_POLL, new LoggedTls());
    House house =
        new House(
            new Tls(runtime, certificates),
            meters,
            new Recorder(Ticker.system(), meters, accessLog),
            pressure,
            "darban-" + java.util.HexFormat.of().formatHex(id),
            () -> admin == null ? null : admin.bound());
    Graph made = new Graph(configuration, List.copyOf(loops), house);
    graph = made;
    return made.start()
        .onSuccess(done -> {
          measure(made);
          long every = PRESSURE_POLL.toMillis();
          pressureTimer = vertx.setPeriodic(every, timer -> lookAtPressure(made));
        });
  }

  private long held() {
    return loops.stream().mapToLong(Loop::held).sum();
  }

  private void lookAtPressure(Graph running) {
    Pressure.State before = pressure.state();
    vertx
        .executeBlocking(pressure::look, false)
        .onSuccess(state -> {
          if (state != before) {
            LOG.warning("descriptors and memory: " + before + " -> " + state);
          }
          running.adapt(state);
        });
  }

  /** Words of the TLS side for the log. */
  private static final class LoggedTls implements TlsLog {
    @Override
    public void note(String text) {
      LOG.info(text);
    }

    @Override
    public void warning(String text) {
      LOG.warning(text);
    }
  }

  private void measure(Graph running) {
    for (int i = 0; i < loops.size(); i++) {
      meters.gauge(
          "darban.event.loop.lag.seconds",
          "How late an event loop looked at its timers last",
          loops.get(i),
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
        pressure,
        all -> all.state().ordinal());
    if (accessLog != null) {
      meters.gauge(
          "darban.access.log.dropped",
          "Lines of the access log that were dropped",
          accessLog,
          log -> (double) log.dropped());
    }
    for (WebListener listener : running.listeners()) {
      if (listener.tls() != null) {
        listener.tls().expiries().keySet().forEach(name -> measureExpiry(listener, name));
      }
    }
  }

  private void measureExpiry(WebListener listener, String name) {
    meters.gauge(
        "darban.tls.certificate.expiry.timestamp.seconds",
        "When the certificate for a name expires, in seconds since 1970",
        java.util.Objects.requireNonNull(listener.tls()),
        tls -> {
          Instant expiry = tls.expiries().get(name);
          return expiry == null ? Double.NaN : (double) expiry.getEpochSecond();
        },
        "listener",
        listener.name(),
        "name",
        name);
  }

  private Future<@Nullable Void> startDemo() {
    if (configuration.demo().isEmpty()) {
      return Future.succeededFuture();
    }
    demo = new DemoOrigin(vertx, configuration.demo().get());
    return demo.start().mapEmpty();
  }

  private Future<@Nullable Void> startAdmin() {
    if (configuration.admin().isEmpty()) {
      return Future.succeededFuture();
    }
    AdminServer server = new AdminServer(vertx, configuration.admin().get(), this);
    admin = server;
    return server
        .start()
        .map(address -> {
          adminAddress = address;
          return null;
        });
  }

  private @Nullable String adminAddress;

  /** The addresses bound, by listener; the control plane's last. */
  Map<String, String> addresses() {
    Map<String, String> all = graph == null ? new java.util.LinkedHashMap<>() : graph.addresses();
    if (adminAddress != null) {
      all.put("admin", adminAddress);
    }
    return all;
  }

  /** Completes when it has stopped: with true if everything ended by itself in time. */
  Future<@Nullable Boolean> stopped() {
    return stopped.future();
  }

  // What the control plane asks

  @Override
  public boolean ready() {
    return ready && !stopping.get();
  }

  @Override
  public JsonObject status() {
    JsonObject listening = new JsonObject();
    addresses().forEach(listening::put);
    return new JsonObject()
        .put("version", Version.text())
        .put("pid", ProcessHandle.current().pid())
        .put("started", startedAt.toString())
        .put("state", stopping.get() ? "stopping" : ready ? "ready" : "starting")
        .put("listeners", listening)
        .put("tls", Engine.best().name().toLowerCase(java.util.Locale.ROOT))
        .put("event-loops", loopCount);
  }

  @Override
  public Future<Long> purge(Store.Selection selection, boolean soft) {
    return graph == null
        ? Future.failedFuture("not started yet")
        : graph.store().purge(selection, soft);
  }

  @Override
  public String metrics() {
    return meters.scrape();
  }

  @Override
  public void stop() {
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    LOG.info("stopping: requests under way may take " + drainWithin.toSeconds() + " s");
    Future<@Nullable Void> drained = graph == null ? Future.succeededFuture() : graph.drain();
    Promise<Boolean> first = Promise.promise();
    long timer = vertx.setTimer(drainWithin.toMillis(), late -> first.tryComplete(false));
    drained.onComplete(done -> {
      vertx.cancelTimer(timer);
      first.tryComplete(done.succeeded());
    });
    first.future().onComplete(clean -> close(Boolean.TRUE.equals(clean.result())));
  }

  /** Ends everything now, also after a start that failed half-way. */
  void close(boolean clean) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    ready = false;
    stopping.set(true);
    vertx.cancelTimer(pressureTimer);
    Future<@Nullable Void> closed = graph == null ? Future.succeededFuture() : graph.close();
    closed
        .transform(any -> admin == null ? Future.succeededFuture() : admin.close())
        .transform(any -> demo == null ? Future.succeededFuture() : demo.close())
        .transform(any -> vertx.close())
        .onComplete(any -> {
          if (any.failed()) {
            LOG.log(Level.WARNING, "stopping", any.cause());
          }
          if (accessLog != null) {
            accessLog.close();
          }
          meters.close();
          stopped.tryComplete(clean);
        });
  }
}
