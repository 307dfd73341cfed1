package darban.app;

import darban.flow.Loop;
import darban.origin.Connectors;
import darban.origin.Group;
import darban.origin.Origins;
import darban.origin.ServiceConfig;
import darban.resolve.AddressGuard;
import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A service as it runs: its TLS, and its servers' pools on each event loop. Any thread. */
final class OpenService implements Part {
  private final House house;
  private final ServiceConfig config;
  private final Group group;
  private final OriginSecurity security;
  private final Map<Loop, Origins> onLoops = new ConcurrentHashMap<>();

  /** Loads certificates: not on an event loop. */
  OpenService(House house, String name, ServiceConfig config) {
    this.house = house;
    this.config = config;
    this.group = config.group(name);
    this.security = OriginSecurity.open(house.tls(), config.tls(), group.servers());
  }

  /** Whether it is what {@code config} would make. */
  boolean is(ServiceConfig config) {
    return this.config.equals(config);
  }

  /** Its servers as {@code loop} sees them. On that loop. */
  Origins on(Loop loop) {
    return onLoops.computeIfAbsent(
        loop,
        each ->
            new Origins(
                each,
                group,
                new Connectors(house.dialer(), AddressGuard.NONE, group, security::of),
                house.meters().upstream(group.name())));
  }

  /** Closes idle connections. */
  void shed() {
    onLoops.forEach((loop, origins) -> loop.execute(origins::shed));
  }

  @Override
  public void retire() {
    onLoops.forEach((loop, origins) -> loop.execute(origins::retire));
  }

  @Override
  public Future<@Nullable Void> close() {
    onLoops.forEach((loop, origins) -> loop.execute(origins::close));
    security.close();
    return Future.succeededFuture();
  }
}
