package darban.app;

import darban.access.Users;
import darban.base.Ticker;
import darban.config.DomainPattern;
import darban.exchange.Exchange;
import darban.exchange.Exchanges;
import darban.exchange.Match;
import darban.exchange.Observer;
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
import darban.flow.Loop;
import darban.http.ForwardedFor;
import darban.listen.Binding;
import darban.listen.web.WebConfig;
import darban.listen.web.WebListener;
import darban.observe.AccessLog;
import darban.observe.Meters;
import darban.origin.Connectors;
import darban.origin.Group;
import darban.origin.Origins;
import darban.origin.Server;
import darban.origin.ServiceConfig;
import darban.origin.Services;
import darban.resolve.AddressGuard;
import darban.resolve.Dialer;
import darban.resolve.Resolver;
import darban.serve.forward.ForwardOrigins;
import darban.serve.forward.ForwardProxy;
import darban.serve.reverse.ReverseConfig;
import darban.stage.cache.CacheConfig;
import darban.stage.cache.RouteCache;
import darban.stage.forwarded.ForwardedConfig;
import darban.stage.forwarded.ForwardedStage;
import darban.stage.gate.ProxyAuthentication;
import darban.store.Store;
import darban.tls.OriginTls;
import darban.tls.OriginTlsSettings;
import darban.tls.Tls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All running parts of one configuration: built before anything is bound, so that a configuration
 * that cannot run never takes half a port. Any thread; what lives on a loop is made there.
 */
final class Graph {
  private final Configuration configuration;
  private final List<Loop> loops;
  private final Tls tls;
  private final Meters meters;
  private final Observer observer;
  private final String pseudonym;
  private final Dialer dialer = new Dialer(new Resolver());
  private final Map<Loop, LoopParts> onLoops = new ConcurrentHashMap<>();
  private final List<WebListener> listeners = new ArrayList<>();
  private final List<OriginTls> originTls = new ArrayList<>();
  private volatile @Nullable Caching caching;

  /**
   * Prepares.
   *
   * @param pseudonym our name in Via, unique to this process
   */
  Graph(
      Configuration configuration,
      List<Loop> loops,
      Tls tls,
      Meters meters,
      @Nullable AccessLog accessLog,
      String pseudonym) {
    this.configuration = configuration;
    this.loops = loops;
    this.tls = tls;
    this.meters = meters;
    this.observer = new Recorder(Ticker.system(), meters, accessLog);
    this.pseudonym = pseudonym;
  }

  List<WebListener> listeners() {
    return listeners;
  }

  /** Opens TLS towards origins, builds the parts of each loop, binds the listeners. */
  Future<@Nullable Void> start() {
    return Caching.open(configuration.cache().orElse(CacheConfig.MEMORY))
        .onSuccess(opened -> {
          opened.measure(meters);
          caching = opened;
        })
        .compose(
            opened -> loops.getFirst().vertx().executeBlocking(this::originTlsByService, false))
        .compose(this::buildLoops)
        .compose(built -> bindAll());
  }

  /** What is stored. */
  Store store() {
    return caching().store();
  }

  private Caching caching() {
    return java.util.Objects.requireNonNull(caching, "not started");
  }

  private Map<String, Function<Server.Protocol, OriginTls>> originTlsByService() {
    Map<String, Function<Server.Protocol, OriginTls>> byService = new HashMap<>();
    configuration
        .services()
        .forEach((name, service) -> byService.put(name, contexts(service.tls())));
    byService.put(FORWARD, contexts(ServiceConfig.Tls.DEFAULT));
    return byService;
  }

  /** No service can be called so: names have no space. */
  private static final String FORWARD = "forward proxy";

  private Function<Server.Protocol, OriginTls> contexts(ServiceConfig.Tls config) {
    Function<List<String>, OriginTls> open =
        alpn -> {
          OriginTls opened =
              tls.origin(
                  new OriginTlsSettings(
                      config.verify(),
                      config.ca(),
                      config.serverName(),
                      config.identity(),
                      alpn,
                      OriginTlsSettings.DEFAULT.handshake()));
          originTls.add(opened);
          return opened;
        };
    OriginTls any = open.apply(List.of("h2", "http/1.1"));
    OriginTls second = open.apply(List.of("h2"));
    return protocol -> protocol == Server.Protocol.H2 ? second : any;
  }

  private Future<@Nullable Void> buildLoops(
      @Nullable Map<String, Function<Server.Protocol, OriginTls>> tlsByService) {
    List<Future<@Nullable Void>> built = new ArrayList<>();
    for (Loop loop : loops) {
      Promise<@Nullable Void> promise = Promise.promise();
      loop.execute(() -> {
        try {
          onLoops.put(loop, build(loop, java.util.Objects.requireNonNull(tlsByService)));
          promise.complete();
        } catch (RuntimeException e) {
          promise.fail(e);
        }
      });
      built.add(promise.future());
    }
    return Future.all(built).mapEmpty();
  }

  private LoopParts build(
      Loop loop, Map<String, Function<Server.Protocol, OriginTls>> tlsByService) {
    Map<String, Origins> byName = new HashMap<>();
    configuration
        .services()
        .forEach((name, service) -> {
          Group group = service.group(name);
          byName.put(
              name,
              new Origins(
                  loop,
                  group,
                  new Connectors(
                      dialer, AddressGuard.NONE, group, protocolTls(tlsByService, name))));
        });
    Services services = new Services(byName);
    Parts parts =
        new Parts(loop)
            .put(Services.class, services)
            .put(RouteCache.Caches.class, caching().stages());
    ForwardOrigins forwardOrigins = forwardOrigins(loop, protocolTls(tlsByService, FORWARD));
    Map<String, Exchanges.Service> exchanges = new HashMap<>();
    Routes routes = routes(parts);
    configuration
        .listeners()
        .forEach((name, config) ->
            exchanges.put(name, service(name, config, parts, routes, forwardOrigins)));
    return new LoopParts(loop, parts, services, forwardOrigins, exchanges);
  }

  private static Function<Server.Protocol, OriginTls> protocolTls(
      Map<String, Function<Server.Protocol, OriginTls>> byService, String name) {
    return java.util.Objects.requireNonNull(byService.get(name));
  }

  private Routes routes(Parts parts) {
    StageConfig forwarded = new ForwardedConfig(pseudonym, true);
    List<StageConfig> always = List.of(forwarded);
    List<StageConfig> cached = List.of(forwarded, RouteCache.ON);
    Map<String, List<Route>> sites = new HashMap<>();
    for (Map.Entry<DomainPattern, List<RouteConfig>> site : configuration.sites().entrySet()) {
      String host = site.getKey().toString();
      sites.put(
          host,
          site.getValue().stream()
              .map(each -> each.build(host, parts, isCached(each) ? cached : always))
              .toList());
    }
    return new Routes(sites);
  }

  /** With a section {@code cache}, what services answer is stored unless a route says no. */
  private boolean isCached(RouteConfig route) {
    return configuration.cache().isPresent() && route.action() instanceof ReverseConfig;
  }

  private Exchanges.Service service(
      String name, WebConfig config, Parts parts, Routes routes, ForwardOrigins forwardOrigins) {
    Function<Exchange, Route> router =
        config.mode() == WebConfig.Mode.FORWARD
            ? always(forwardRoute(parts, forwardOrigins))
            : exchange -> routes.find(exchange.request(), name);
    return new Exchanges.Service(
        parts.loop(),
        router,
        new Refusal("darban"),
        observer,
        exchange -> clientAddress(exchange, config),
        config.options().timeouts().tunnel());
  }

  private static Function<Exchange, Route> always(Route route) {
    return exchange -> route;
  }

  private static String clientAddress(Exchange exchange, WebConfig config) {
    Peer peer = exchange.peer();
    if (!peer.trusted()) {
      return peer.address();
    }
    return ForwardedFor.client(
            exchange.request().fields(),
            address -> config.trustedProxies().stream().anyMatch(block -> block.contains(address)))
        .orElse(peer.address());
  }

  // The forward proxy

  private ForwardOrigins forwardOrigins(Loop loop, Function<Server.Protocol, OriginTls> secure) {
    Group model = Group.of("forward", List.of());
    return new ForwardOrigins(
        loop,
        server -> ForwardOrigins.groupOf(server, model),
        new Connectors(dialer, forwardGuard(), model, secure));
  }

  private Route forwardRoute(Parts parts, ForwardOrigins origins) {
    ForwardProxy proxy =
        new ForwardProxy(
            dialer,
            forwardGuard(),
            configuration.forward().connectPorts(),
            Group.of("forward", List.of()).connect(),
            origins);
    EnumMap<Phase, Stage> stages = new EnumMap<>(Phase.class);
    stages.put(Phase.FORWARDED, new ForwardedStage(pseudonym, false));
    if (configuration.cache().isPresent()) {
      stages.put(Phase.CACHE, RouteCache.ON.stage(parts));
    }
    configuration
        .forward()
        .stages()
        .values()
        .forEach(each -> stages.put(each.phase(), each.stage(parts)));
    if (configuration.forward().basicAuth()) {
      Users users = new Users(origins.loop(), configuration.users());
      stages.put(Phase.GATE, new ProxyAuthentication(users));
    }
    return new Route("-", "forward", Match.ALL, Pipeline.of(stages, proxy));
  }

  /** Private addresses as configured, and never ourselves: that way lies a loop. */
  private AddressGuard forwardGuard() {
    return configuration
        .forward()
        .privateAddresses()
        .guard()
        .and((address, port) -> !isOurs(address, port));
  }

  private boolean isOurs(InetAddress address, int port) {
    for (WebListener listener : listeners) {
      if (listener.address() instanceof InetSocketAddress bound
          && bound.getPort() == port
          && (bound.getAddress().equals(address)
              || (bound.getAddress().isAnyLocalAddress() && isLocal(address)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLocal(InetAddress address) {
    try {
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException unknown) {
      return true;
    }
  }

  // Binding and stopping

  private Future<@Nullable Void> bindAll() {
    Future<@Nullable Void> all = Future.succeededFuture();
    for (Map.Entry<String, WebConfig> each : configuration.listeners().entrySet()) {
      WebListener listener =
          new WebListener(
              each.getKey(),
              each.getValue(),
              loops,
              loop -> exchanges(loop, each.getKey()),
              meters,
              configuration.forward().basicAuth());
      all =
          all.compose(before -> listener.start(tls))
              .map(started -> {
                listeners.add(listener);
                return null;
              });
    }
    return all;
  }

  private Exchanges.Service exchanges(Loop loop, String listener) {
    LoopParts parts = java.util.Objects.requireNonNull(onLoops.get(loop));
    return java.util.Objects.requireNonNull(parts.exchanges().get(listener));
  }

  /** Takes nothing new; completes when nothing is under way any more. */
  Future<@Nullable Void> drain() {
    List<Future<@Nullable Void>> drained = new ArrayList<>();
    for (WebListener listener : listeners) {
      drained.add(listener.drain().compose(stopped -> listener.drained()));
    }
    return Future.all(drained).mapEmpty();
  }

  /** Ends everything now. */
  Future<@Nullable Void> close() {
    List<Future<@Nullable Void>> closed = new ArrayList<>();
    listeners.forEach(listener -> closed.add(listener.close()));
    return Future.join(closed)
        .onComplete(done -> {
          onLoops.values().forEach(parts -> parts.loop().execute(parts::close));
          originTls.forEach(OriginTls::close);
        })
        .transform(done -> caching == null ? Future.succeededFuture() : caching.close())
        .mapEmpty();
  }

  /** The addresses bound, by listener. */
  Map<String, String> addresses() {
    Map<String, String> shown = new java.util.LinkedHashMap<>();
    listeners.forEach(each -> shown.put(each.name(), Binding.show(each.address())));
    return shown;
  }
}
