package darban.app;

import darban.access.Users;
import darban.base.Ticker;
import darban.config.DomainPattern;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Exchanges;
import darban.exchange.Parts;
import darban.exchange.Peer;
import darban.exchange.Phase;
import darban.exchange.Pipeline;
import darban.exchange.Recorder;
import darban.exchange.Refusal;
import darban.exchange.Route;
import darban.exchange.RouteConfig;
import darban.exchange.Routes;
import darban.exchange.Stage;
import darban.exchange.StageConfig;
import darban.exchange.Underway;
import darban.flow.Loop;
import darban.http.ForwardedFor;
import darban.listen.Pressure;
import darban.listen.web.WebConfig;
import darban.live.Hub;
import darban.live.Hubs;
import darban.observe.LogConfig;
import darban.origin.Origins;
import darban.origin.ServiceConfig;
import darban.origin.Services;
import darban.radio.Radio;
import darban.radio.Radios;
import darban.serve.ProxyPass;
import darban.serve.media.Libraries;
import darban.serve.media.Library;
import darban.serve.reverse.ReverseConfig;
import darban.stage.cache.CacheConfig;
import darban.stage.cache.RouteCache;
import darban.stage.forwarded.ForwardedConfig;
import darban.stage.forwarded.ForwardedStage;
import darban.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All running parts of one configuration behind its listeners: built before anything is taken, so
 * that a configuration that cannot run changes nothing. What the one before has that is the same is
 * kept. Any thread; what lives on a loop is made there.
 */
final class Graph {
  /** Before the names of libraries; no service's name has a slash. */
  private static final String FILMS = "media/";

  private final House house;
  private final Configuration configuration;
  private final Map<String, OpenService> services = new HashMap<>();
  private final List<Part> parts = new ArrayList<>();
  private final List<Part> made = new ArrayList<>();
  private final Map<Loop, LoopParts> onLoops = new ConcurrentHashMap<>();
  private final Map<String, OpenHub> hubs = new HashMap<>();
  private final Map<String, OpenRadio> radios = new HashMap<>();
  private final Map<String, Library> libraries = new HashMap<>();
  private @Nullable Caching caching;
  private @Nullable OpenForward forward;
  private @Nullable OpenLog log;

  private Graph(House house, Configuration configuration) {
    this.house = house;
    this.configuration = configuration;
  }

  // The beginning

  /** Opens and builds what {@code configuration} needs; where that fails nothing is left open. */
  static Future<Graph> open(House house, Configuration configuration, @Nullable Graph before) {
    Graph graph = new Graph(house, configuration);
    return Caching.open(graph.cache(), before == null ? null : before.caching, house.meters())
        .map(opened -> {
          graph.caching = graph.keep(opened, before);
          return null;
        })
        .compose(opened -> house.vertx().executeBlocking(() -> graph.openParts(before), false))
        .compose(opened -> graph.buildLoops())
        .map(graph)
        .recover(why -> graph.undo().transform(done -> Future.failedFuture(why)));
  }

  private CacheConfig cache() {
    return configuration.cache().orElse(CacheConfig.MEMORY);
  }

  /** A part of this graph, which closes it unless the one before has it too. */
  private <T extends Part> T keep(T part, @Nullable Graph before) {
    parts.add(part);
    if (before == null || !before.parts.contains(part)) {
      made.add(part);
    }
    return part;
  }

  /** Certificates and files: not on an event loop. */
  private @Nullable Void openParts(@Nullable Graph before) {
    serviceConfigs()
        .forEach((name, config) -> {
          OpenService known = before == null ? null : before.services.get(name);
          OpenService service =
              known != null && known.is(config) ? known : new OpenService(house, name, config);
          services.put(name, keep(service, before));
        });
    configuration
        .live()
        .forEach((name, config) -> {
          OpenHub known = before == null ? null : before.hubs.get(name);
          hubs.put(name, keep(known != null ? known : new OpenHub(house, name, config), before));
        });
    configuration
        .radio()
        .forEach((name, config) -> {
          OpenRadio known = before == null ? null : before.radios.get(name);
          radios.put(
              name, keep(known != null ? known : new OpenRadio(house, name, config), before));
        });
    configuration
        .media()
        .forEach((name, config) -> {
          Library known = before == null ? null : before.libraries.get(name);
          boolean same = known != null && known.config().equals(config);
          libraries.put(name, same ? known : new Library(name, config));
        });
    OpenForward known = before == null ? null : before.forward;
    forward =
        keep(
            known != null && known.is(configuration.forward(), configuration.users())
                ? known
                : new OpenForward(house, configuration.forward(), configuration.users()),
            before);
    configuration.log().access().ifPresent(config -> openLog(config, before));
    return null;
  }

  /** Those of the configuration, and those that films are behind. */
  private Map<String, ServiceConfig> serviceConfigs() {
    Map<String, ServiceConfig> all = new HashMap<>(configuration.services());
    configuration
        .media()
        .forEach((name, config) ->
            config.origin().ifPresent(url -> all.put(FILMS + name, ServiceConfig.of(url))));
    return all;
  }

  /** Last, so that it is the last to be closed. */
  private void openLog(LogConfig.Access config, @Nullable Graph before) {
    OpenLog known = before == null ? null : before.log;
    log = keep(known != null && known.is(config) ? known : new OpenLog(house, config), before);
  }

  private Future<@Nullable Void> buildLoops() {
    List<Future<@Nullable Void>> built = new ArrayList<>();
    for (Loop loop : house.loops()) {
      Promise<@Nullable Void> promise = Promise.promise();
      loop.execute(() -> {
        try {
          onLoops.put(loop, build(loop));
          promise.complete();
        } catch (RuntimeException e) {
          promise.fail(e);
        }
      });
      built.add(promise.future());
    }
    return Future.all(built).mapEmpty();
  }

  private LoopParts build(Loop loop) {
    Map<String, Origins> byName = new HashMap<>();
    services.forEach((name, service) -> byName.put(name, service.on(loop)));
    Parts engines =
        new Parts(loop)
            .put(Services.class, new Services(byName))
            .put(Users.class, new Users(loop, configuration.users()))
            .put(Hubs.class, OpenHub.all(hubs))
            .put(Radios.class, OpenRadio.all(radios))
            .put(RouteCache.Caches.class, caching().stages(cache()));
    engines.put(Libraries.class, new Libraries(libraries, filmOrigins(engines)));
    Underway underway =
        new Underway(new Recorder(Ticker.system(), house.meters(), log == null ? null : log.log()));
    Routes routes = routes(engines);
    Map<String, Exchanges.Service> exchanges = new HashMap<>();
    configuration
        .listeners()
        .forEach((name, config) -> {
          Function<Exchange, Route> router =
              config.mode() == WebConfig.Mode.FORWARD
                  ? always(forwardRoute(engines))
                  : exchange -> routes.find(exchange.request(), name);
          exchanges.put(name, service(loop, config, router, underway));
        });
    return new LoopParts(exchanges, underway);
  }

  /** What libraries behind origins get their films by. */
  private Map<String, Endpoint> filmOrigins(Parts engines) {
    Map<String, Endpoint> all = new HashMap<>();
    for (String name : libraries.keySet()) {
      if (services.containsKey(FILMS + name)) {
        Origins origins = engines.get(Services.class).named(FILMS + name);
        EnumMap<Phase, Stage> stages = new EnumMap<>(Phase.class);
        stages.put(Phase.CACHE, RouteCache.ON.stage(engines));
        stages.put(Phase.FORWARDED, new ForwardedStage(house.pseudonym(), true));
        all.put(
            name,
            Pipeline.of(stages, Libraries.counted(exchange -> ProxyPass.pass(exchange, origins))));
      }
    }
    return all;
  }

  Caching caching() {
    return Objects.requireNonNull(caching);
  }

  private Routes routes(Parts engines) {
    StageConfig forwarded = new ForwardedConfig(house.pseudonym(), true);
    List<StageConfig> always = List.of(forwarded);
    List<StageConfig> cached = List.of(forwarded, RouteCache.ON);
    Map<String, List<Route>> sites = new HashMap<>();
    for (Map.Entry<DomainPattern, List<RouteConfig>> site : configuration.sites().entrySet()) {
      String host = site.getKey().toString();
      sites.put(
          host,
          site.getValue().stream()
              .map(each -> each.build(host, engines, isCached(each) ? cached : always))
              .toList());
    }
    return new Routes(sites);
  }

  /** With a section {@code cache}, what services answer is stored unless a route says no. */
  private boolean isCached(RouteConfig route) {
    return configuration.cache().isPresent() && route.action() instanceof ReverseConfig;
  }

  private Exchanges.Service service(
      Loop loop, WebConfig config, Function<Exchange, Route> router, Underway underway) {
    return new Exchanges.Service(
        loop,
        router,
        new Refusal("darban"),
        underway,
        exchange -> clientAddress(exchange, config),
        config.options().timeouts().tunnel(),
        () -> house.pressure().state() == Pressure.State.REFUSING);
  }

  private static Function<Exchange, Route> always(Route route) {
    return exchange -> route;
  }

  private static String clientAddress(Exchange exchange, WebConfig config) {
    Peer peer = exchange.peer();
    return peer.trusted()
        ? ForwardedFor.client(exchange.request().fields(), config::trusts).orElse(peer.address())
        : peer.address();
  }

  private Route forwardRoute(Parts engines) {
    OpenForward proxy = Objects.requireNonNull(forward);
    Loop loop = engines.loop();
    EnumMap<Phase, Stage> stages = new EnumMap<>(Phase.class);
    stages.put(Phase.FORWARDED, new ForwardedStage(house.pseudonym(), false));
    if (configuration.cache().isPresent()) {
      stages.put(Phase.CACHE, RouteCache.ON.stage(engines));
    }
    configuration
        .forward()
        .stages()
        .values()
        .forEach(each -> stages.put(each.phase(), each.stage(engines)));
    if (configuration.forward().basicAuth()) {
      stages.put(Phase.GATE, proxy.gate(loop));
    }
    return Route.forward(Pipeline.of(stages, proxy.proxy(loop)));
  }

  // While it runs

  /** What it is made from. */
  Configuration configuration() {
    return configuration;
  }

  /** What is stored. */
  Store store() {
    return caching().store();
  }

  /** The hubs of live streams. */
  Collection<Hub> hubs() {
    return OpenHub.all(hubs).byName().values();
  }

  /** The mounts of radio. */
  Collection<Radio> radios() {
    return OpenRadio.all(radios).byName().values();
  }

  /** The libraries of films. */
  Collection<Library> libraries() {
    return libraries.values();
  }

  /** Lines of the access log that were dropped. */
  long droppedLines() {
    return log == null ? 0 : log.log().dropped();
  }

  /** What the connections of a listener share on a loop. */
  Exchanges.Service exchanges(Loop loop, String listener) {
    LoopParts here = Objects.requireNonNull(onLoops.get(loop));
    return Objects.requireNonNull(here.exchanges().get(listener));
  }

  /** Closes idle connections to origins: what they hold is needed elsewhere. */
  void shed() {
    services.values().forEach(OpenService::shed);
    Objects.requireNonNull(forward).shed();
  }

  /** It is in force from now on: what it kept and yet says otherwise is changed. */
  void inForce() {
    caching().use(cache());
    hubs.forEach(
        (name, open) -> open.use(Objects.requireNonNull(configuration.live().get(name)), services));
    radios.forEach(
        (name, open) -> open.use(Objects.requireNonNull(configuration.radio().get(name))));
    if (log != null && !made.contains(log)) {
      log.log().reopen();
    }
  }

  // The end

  /** Closes what was opened for it alone. */
  Future<@Nullable Void> undo() {
    return close(made);
  }

  /**
   * Another is in force. What {@code next} has not kept is closed when nothing needs it any more.
   *
   * @param last completes when no request begins by this one any more, and those before it are
   *     closed, which share parts with it
   */
  Future<@Nullable Void> retire(Graph next, Future<?> last) {
    List<Part> left = parts.stream().filter(part -> !next.parts.contains(part)).toList();
    left.forEach(Part::retire);
    return last.transform(any -> nothingUnderway()).transform(any -> close(left));
  }

  private Future<@Nullable Void> nothingUnderway() {
    List<Future<?>> over = new ArrayList<>();
    onLoops.forEach((loop, here) -> {
      Promise<@Nullable Void> none = Promise.promise();
      loop.execute(() -> here.underway().none().onComplete(none));
      over.add(none.future());
    });
    return Future.join(over).mapEmpty();
  }

  /** Ends everything now. */
  Future<@Nullable Void> close() {
    return close(parts);
  }

  /** One after the other, whether or not one fails; the first failure is told. */
  private static Future<@Nullable Void> close(List<Part> parts) {
    Future<@Nullable Void> all = Future.succeededFuture();
    for (Part part : parts) {
      all =
          all.transform(before ->
              part.close().compose(done -> before.succeeded() ? done() : failed(before.cause())));
    }
    return all;
  }

  private static Future<@Nullable Void> done() {
    return Future.succeededFuture();
  }

  private static Future<@Nullable Void> failed(Throwable why) {
    return Future.failedFuture(why);
  }
}
