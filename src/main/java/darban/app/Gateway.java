package darban.app;

import darban.admin.Controls;
import darban.base.Ticker;
import darban.config.ConfigFile;
import darban.config.Problem;
import darban.flow.Loop;
import darban.flow.Transport;
import darban.listen.Pressure;
import darban.observe.Meters;
import darban.resolve.Dialer;
import darban.resolve.Resolver;
import darban.store.Selection;
import darban.tls.Engine;
import darban.tls.Tls;
import darban.tls.TlsLog;
import darban.tls.TlsRuntime;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A running Darban: Vert.x, its event loops, the parts of a configuration, the control plane. Any
 * thread. Started once, stopped once, and given another configuration in between as often as
 * wanted.
 */
public final class Gateway implements Controls {
  private static final Logger LOG = Logger.getLogger("darban");
  static final Duration FILE_POLL = Duration.ofMillis(500);
  private static final Duration PRESSURE_POLL = Duration.ofMillis(500);

  private final Options options;
  private final Vertx vertx;
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private final Instant startedAt = Ticker.system().now();
  private final Meters meters = new Meters(startedAt);
  private final House house;
  private final Measurements measurements;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Promise<@Nullable Boolean> stopped = Promise.promise();
  private volatile @Nullable Installed installed;
  private volatile Instant loadedAt = startedAt;
  private volatile boolean ready;
  private volatile long pressureTimer = -1;
  private Future<?> lastChange = Future.succeededFuture();
  private Future<@Nullable Void> elders = Future.succeededFuture();

  /**
   * How it runs.
   *
   * @param transport of the event loops
   * @param certificates folder of the development CA
   * @param loops event loops; one a core is right
   * @param drainWithin how long requests under way may take when it stops
   * @param source reads the configuration again; null where there is nothing to read
   * @param changed hears of each configuration that is put in force but the first
   * @param pressure makes the pressure, given what is held outside the heap
   */
  record Options(
      Transport transport,
      Path certificates,
      int loops,
      Duration drainWithin,
      @Nullable Supplier<ConfigFile.Result<Configuration>> source,
      Consumer<Changeover.Result> changed,
      Function<LongSupplier, Pressure> pressure) {}

  /** A gateway, not started. */
  Gateway(Options options) {
    this.options = options;
    this.vertx =
        options
            .transport()
            .vertx(
                new VertxOptions()
                    .setEventLoopPoolSize(options.loops())
                    .setFileSystemOptions(
                        new FileSystemOptions()
                            .setFileCachingEnabled(false)
                            .setClassPathResolvingEnabled(false)));
    this.house = house();
    this.measurements = new Measurements(house, () -> Objects.requireNonNull(installed).graph());
  }

  private House house() {
    SecureRandom random = new SecureRandom();
    byte[] id = new byte[4];
    random.nextBytes(id);
    TlsRuntime runtime =
        new TlsRuntime(vertx, Engine.best(), Ticker.system(), random, FILE_POLL, new LoggedTls());
    Tls tls = new Tls(runtime, options.certificates());
    Pressure pressure = options.pressure().apply(() -> loops.stream().mapToLong(Loop::held).sum());
    return new House(
        vertx,
        loops,
        tls,
        meters,
        new Dialer(new Resolver()),
        new Listeners(loops, meters, tls, pressure),
        pressure,
        "darban-" + HexFormat.of().formatHex(id),
        System.out);
  }

  /** Words of the TLS side for the log. */
  static final class LoggedTls implements TlsLog {
    @Override
    public void note(String text) {
      LOG.info(text);
    }

    @Override
    public void warning(String text) {
      LOG.warning(text);
    }
  }

  /** Starts with a configuration; what was bound is in {@link #addresses}. */
  synchronized Future<@Nullable Void> start(Configuration configuration) {
    DeploymentOptions instances = new DeploymentOptions().setInstances(options.loops());
    Future<@Nullable Void> started =
        vertx
            .deployVerticle(() -> new LoopVerticle(Ticker.system(), loops::add), instances)
            .compose(deployed -> change(configuration))
            .map(first -> {
              measurements.begin();
              measurements.also(configuration);
              pressureTimer = vertx.setPeriodic(PRESSURE_POLL.toMillis(), this::lookAtPressure);
              ready = true;
              return null;
            });
    lastChange = started;
    return started;
  }

  private void lookAtPressure(long timer) {
    Pressure.State before = house.pressure().state();
    vertx
        .executeBlocking(house.pressure()::look, false)
        .onSuccess(state -> {
          if (state != before) {
            LOG.warning("descriptors and memory: " + before + " -> " + state);
          }
          house.listeners().adapt(state);
          Installed now = installed;
          if (state != Pressure.State.EASY && now != null) {
            now.graph().shed();
          }
        });
  }

  private Future<Changeover.Result> change(Configuration next) {
    Installed before = installed;
    return new Changeover(house, this, before, next)
        .run()
        .onSuccess(result -> {
          installed = result.now();
          if (before != null) {
            elders = before.retire(result, elders);
          }
        });
  }

  /** The addresses bound, by listener; the control plane's last. */
  Map<String, String> addresses() {
    Map<String, String> all = new LinkedHashMap<>(house.listeners().addresses());
    Installed now = installed;
    if (now != null && now.admin() != null) {
      all.put("admin", now.admin().address());
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
        .put("configured", loadedAt.toString())
        .put("state", stopping.get() ? "stopping" : ready ? "ready" : "starting")
        .put("listeners", listening)
        .put("tls", Engine.best().name().toLowerCase(Locale.ROOT))
        .put("transport", options.transport().word())
        .put("event-loops", options.loops());
  }

  @Override
  public Future<Long> purge(Selection selection, boolean soft) {
    Installed now = installed;
    return now == null
        ? Future.failedFuture("not started yet")
        : now.graph().store().purge(selection, soft);
  }

  @Override
  public String metrics() {
    return meters.scrape();
  }

  // Another configuration

  @Override
  public synchronized Future<String> reload() {
    Future<String> reloaded = lastChange.transform(any -> reloadNow());
    lastChange = reloaded;
    return reloaded;
  }

  private synchronized Future<?> lastChange() {
    return lastChange;
  }

  private Future<String> reloadNow() {
    Supplier<ConfigFile.Result<Configuration>> source = options.source();
    if (source == null) {
      return Future.failedFuture("started by options: there is no file to read again");
    }
    return vertx
        .executeBlocking(source::get, false)
        .compose(read -> reloadAs(Objects.requireNonNull(read)))
        .onComplete(done -> {
          meters.reloaded(done.succeeded(), Ticker.system().now());
          if (done.failed()) {
            LOG.warning("not reloaded, what ran before runs on: " + Main.reason(done.cause()));
          }
        })
        .recover(why -> Future.failedFuture(Main.reason(why)));
  }

  private Future<String> reloadAs(ConfigFile.Result<Configuration> read) {
    String problems =
        read.problems().stream().map(Problem::toString).collect(Collectors.joining("\n"));
    if (!read.isGood()) {
      return Future.failedFuture(problems);
    }
    if (stopping.get()) {
      return Future.failedFuture("it is being stopped");
    }
    Configuration next = Objects.requireNonNull(read.value());
    return change(next)
        .map(result -> {
          loadedAt = Ticker.system().now();
          measurements.also(next);
          options.changed().accept(result);
          String words = "reloaded: " + result.listeners() + sameTransport(next);
          LOG.info(words);
          return (problems.isEmpty() ? "" : problems + "\n") + words + "\n";
        });
  }

  /** The loops are there, and stay as they are. */
  private String sameTransport(Configuration next) {
    Transport wanted = next.transport().orElseGet(Transport::usual);
    return wanted == options.transport()
        ? ""
        : "; transport `%s` stays until a restart, `%s` comes with it"
            .formatted(options.transport().word(), wanted.word());
  }

  // The end

  @Override
  public void stop() {
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    LOG.info("stopping: requests under way may take " + options.drainWithin().toSeconds() + " s");
    Promise<Boolean> first = Promise.promise();
    long timer = vertx.setTimer(options.drainWithin().toMillis(), late -> first.tryComplete(false));
    // A change that is under way comes to its end first.
    lastChange()
        .transform(any -> house.listeners().drain())
        .onComplete(done -> {
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
    Installed last = installed;
    house
        .listeners()
        .close()
        .transform(any -> elders)
        .transform(any -> last == null ? Future.succeededFuture() : last.close())
        .transform(any -> vertx.close())
        .onComplete(any -> {
          if (any.failed()) {
            LOG.log(Level.WARNING, "stopping", any.cause());
          }
          meters.close();
          stopped.tryComplete(clean);
        });
  }
}
