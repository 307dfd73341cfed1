package darban.app;

import darban.config.DomainPattern;
import darban.exchange.Exchange;
import darban.exchange.Exchanges;
import darban.exchange.Parts;
import darban.exchange.Peer;
import darban.exchange.Refusal;
import darban.exchange.Route;
import darban.exchange.RouteConfig;
import darban.exchange.Routes;
import darban.exchange.StageConfig;
import darban.flow.Loop;
import darban.http.ForwardedFor;
import darban.listen.Binding;
import darban.listen.Pressure;
import darban.listen.web.WebConfig;
import darban.listen.web.WebListener;
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
import darban.serve.reverse.ReverseConfig;
import darban.stage.cache.CacheConfig;
import darban.stage.cache.RouteCache;
import darban.stage.forwarded.ForwardedConfig;
import darban.store.Store;
import darban.tls.OriginTls;
import darban.tls.OriginTlsSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.util.ArrayList;
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
  private final House house;
  private final Dialer dialer = new Dialer(new Resolver());
  private final Forwarding forwarding;
  private final Map<Loop, LoopParts> onLoops = new ConcurrentHashMap<>();
  private final List<WebListener> listeners = new ArrayList<>();
  private final List<OriginTls> originTls = new ArrayList<>();
  private volatile @Nullable Caching caching;

  /** Prepares. */
  Graph(Configuration configuration, List<Loop> loops, House house) {
    this.configuration = configuration;
    this.loops = loops;
    this.house = house;
    this.forwarding = new Forwarding(configuration, dialer, house.pseudonym(), this::isOurs);
  }

  /** Whether a listener of ours has that address: to dial it would lead in a circle. */
  private boolean isOurs(InetAddress address, int port) {
    return Binding.leads(address, port, house.controls().get())
        || listeners.stream().anyMatch(each -> Binding.leads(address, port, each.address()));
  }

  List<WebListener> listeners() {
    return listeners;
  }

  /** Opens TLS towards origins, builds the parts of each loop, binds the listeners. */
  Future<@Nullable Void> start() {
    return Caching.open(configuration.cache().orElse(CacheConfig.MEMORY))
        .onSuccess(opened -> {
          opened.measure(house.meters());
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
    byService.put(Forwarding.NAME, contexts(ServiceConfig.Tls.DEFAULT));
    return byService;
  }

  private Function<Server.Protocol, OriginTls> contexts(ServiceConfig.Tls config) {
    Function<List<String>, OriginTls> open =
        alpn -> {
          OriginTls opened =
              house
                  .tls()
                  .origin(
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
    ForwardOrigins forwardOrigins =
        forwarding.origins(loop, protocolTls(tlsByService, Forwarding.NAME));
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
    StageConfig forwarded = new ForwardedConfig(house.pseudonym(), true);
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
            ? always(forwarding.route(parts, forwardOrigins))
            : exchange -> routes.find(exchange.request(), name);
    return new Exchanges.Service(
        parts.loop(),
        router,
        new Refusal("darban"),
        house.observer(),
        exchange -> clientAddress(exchange, config),
        config.options().timeouts().tunnel(),
        () -> house.pressure().state() == Pressure.State.REFUSING);
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
              house.meters(),
              configuration.forward().basicAuth(),
              house.pressure());
      all =
          all.compose(before -> listener.start(house.tls()))
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

  /** Does what the pressure asks for, towards clients and origins. */
  void adapt(Pressure.State state) {
    listeners.forEach(listener -> listener.adapt(state));
    if (state != Pressure.State.EASY) {
      onLoops.values().forEach(parts -> parts.loop().execute(parts::shed));
    }
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
