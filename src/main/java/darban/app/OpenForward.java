package darban.app;

import darban.access.Login;
import darban.access.UserConfig;
import darban.access.Users;
import darban.base.Tally;
import darban.exchange.Endpoint;
import darban.flow.Loop;
import darban.origin.Connectors;
import darban.origin.Group;
import darban.origin.ServiceConfig;
import darban.resolve.AddressGuard;
import darban.serve.forward.ForwardConfig;
import darban.serve.forward.ForwardOrigins;
import darban.serve.forward.ForwardProxy;
import darban.stage.gate.ProxyAuthentication;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The forward proxy as it runs: the origins that clients named, and who has proved to be whom. Any
 * thread.
 */
final class OpenForward implements Part {
  private static final Group MODEL = Group.of("forward", List.of());

  private final House house;
  private final ForwardConfig config;
  private final List<UserConfig> users;
  private final OriginSecurity security;
  private final AddressGuard guard;
  private final Tally failedLogins;
  private final Map<Loop, OnLoop> onLoops = new ConcurrentHashMap<>();

  /** What one loop has of it. */
  private record OnLoop(ForwardOrigins origins, Users users) {}

  /** Loads certificates: not on an event loop. */
  OpenForward(House house, ForwardConfig config, List<UserConfig> users) {
    this.house = house;
    this.config = config;
    this.users = users;
    this.security = OriginSecurity.open(house.tls(), ServiceConfig.Tls.DEFAULT, List.of());
    // Private addresses as configured, and never ourselves: that way lies a loop.
    this.guard =
        config
            .privateAddresses()
            .guard()
            .and((address, port) -> !house.listeners().listenOn(address, port));
    this.failedLogins = config.failedLogins().tally();
  }

  /** Whether it is what these would make. */
  boolean is(ForwardConfig config, List<UserConfig> users) {
    return this.config.equals(config) && this.users.equals(users);
  }

  private OnLoop on(Loop loop) {
    return onLoops.computeIfAbsent(
        loop,
        each ->
            new OnLoop(
                new ForwardOrigins(
                    each,
                    server -> ForwardOrigins.groupOf(server, MODEL),
                    new Connectors(house.dialer(), guard, MODEL, security::of),
                    house.meters().upstream("forward")),
                new Users(each, users)));
  }

  /** What fetches and tunnels on {@code loop}. On that loop. */
  Endpoint proxy(Loop loop) {
    return new ForwardProxy(
        house.dialer(), guard, config.connectPorts(), MODEL.connect(), on(loop).origins());
  }

  /** What asks for passwords on {@code loop}. On that loop. */
  ProxyAuthentication gate(Loop loop) {
    return new ProxyAuthentication(Login.toProxy(on(loop).users(), failedLogins));
  }

  /** Closes idle connections. */
  void shed() {
    onLoops.forEach((loop, here) -> loop.execute(here.origins()::shed));
  }

  @Override
  public void retire() {
    onLoops.forEach((loop, here) -> loop.execute(here.origins()::retire));
  }

  @Override
  public Future<@Nullable Void> close() {
    onLoops.forEach((loop, here) -> loop.execute(here.origins()::close));
    security.close();
    return Future.succeededFuture();
  }
}
