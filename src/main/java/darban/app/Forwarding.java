package darban.app;

import darban.access.Users;
import darban.base.Tally;
import darban.config.Rate;
import darban.exchange.Match;
import darban.exchange.Parts;
import darban.exchange.Phase;
import darban.exchange.Pipeline;
import darban.exchange.Route;
import darban.exchange.Stage;
import darban.flow.Loop;
import darban.origin.Connectors;
import darban.origin.Group;
import darban.origin.Server;
import darban.resolve.AddressGuard;
import darban.resolve.Dialer;
import darban.serve.forward.ForwardOrigins;
import darban.serve.forward.ForwardProxy;
import darban.stage.cache.RouteCache;
import darban.stage.forwarded.ForwardedStage;
import darban.stage.gate.ProxyAuthentication;
import darban.tls.OriginTls;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** The forward proxy of a configuration. Any thread; what it makes lives on a loop. */
final class Forwarding {
  /** Stands for a service; none can be called so, since names have no space. */
  static final String NAME = "forward proxy";

  private static final Group MODEL = Group.of("forward", List.of());

  private final Configuration configuration;
  private final Dialer dialer;
  private final String pseudonym;
  private final AddressGuard guard;
  private final Tally failedLogins;

  /**
   * Prepares.
   *
   * @param own tells whether an address and port are our own: never dialled, whatever is allowed
   */
  Forwarding(
      Configuration configuration,
      Dialer dialer,
      String pseudonym,
      BiPredicate<InetAddress, Integer> own) {
    this.configuration = configuration;
    this.dialer = dialer;
    this.pseudonym = pseudonym;
    this.guard =
        configuration
            .forward()
            .privateAddresses()
            .guard()
            .and((address, port) -> !own.test(address, port));
    Rate failed = configuration.forward().failedLogins();
    this.failedLogins = new Tally(failed.amount(), failed.per());
  }

  /** The origins that clients name, on {@code loop}. */
  ForwardOrigins origins(Loop loop, Function<Server.Protocol, OriginTls> secure) {
    return new ForwardOrigins(
        loop,
        server -> ForwardOrigins.groupOf(server, MODEL),
        new Connectors(dialer, guard, MODEL, secure));
  }

  /** The one route of forward listeners, on the loop of {@code parts}. */
  Route route(Parts parts, ForwardOrigins origins) {
    ForwardProxy proxy =
        new ForwardProxy(
            dialer, guard, configuration.forward().connectPorts(), MODEL.connect(), origins);
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
      stages.put(Phase.GATE, new ProxyAuthentication(users, failedLogins));
    }
    return new Route("-", "forward", Match.ALL, Pipeline.of(stages, proxy));
  }
}
