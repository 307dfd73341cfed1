package darban.app;

import darban.base.Ticker;
import darban.flow.Loop;
import darban.live.Hub;
import darban.live.HubConfig;
import darban.live.Hubs;
import darban.live.StandIns;
import darban.serve.live.Relay;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A hub of live streams as it runs. The next configuration keeps it by its name. Any thread. */
final class OpenHub implements Part {
  private static final Logger LOG = Logger.getLogger("darban");
  private static final long TICK_MILLIS = 500;

  private final House house;
  private final Hub hub;
  private final Relay relay;
  private final StandIns standIns;
  private final long ticking;
  private final AtomicBoolean writing = new AtomicBoolean();

  OpenHub(House house, String name, HubConfig config) {
    this.house = house;
    Ticker ticker = Ticker.system();
    this.hub = new Hub(name, config, ticker, house.meters().partLag(name));
    Loop loop = house.loops().get(Math.floorMod(name.hashCode(), house.loops().size()));
    this.relay = new Relay(hub, loop);
    this.standIns = new StandIns(hub, loop);
    this.ticking = house.vertx().setPeriodic(TICK_MILLIS, any -> tick(ticker.nanos()));
  }

  private void tick(long nanos) {
    hub.tick(nanos);
    relay.tick();
    standIns.tick();
    if (writing.compareAndSet(false, true)) {
      house.vertx().executeBlocking(this::toDisk, false).onComplete(done -> writing.set(false));
    }
  }

  private @Nullable Void toDisk() {
    try {
      hub.toDisk();
    } catch (IOException disk) {
      // Told once: it is tried again, ever less often, and counted.
      LOG.log(Level.WARNING, "what is to lie on disk of live streams does not: " + disk);
    }
    return null;
  }

  /** The hubs of these. */
  static Hubs all(Map<String, OpenHub> open) {
    return new Hubs(
        open.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().hub)));
  }

  /** It is as {@code config} says from now on, and these are the services. */
  void use(HubConfig config, Map<String, OpenService> services) {
    hub.config(config);
    Map<String, OpenService> now = Map.copyOf(services);
    relay.use((service, loop) -> Objects.requireNonNull(now.get(service)).on(loop));
  }

  private @Nullable Void end() throws IOException {
    hub.close();
    return null;
  }

  @Override
  public void retire() {
    // Who publishes and who watches goes on until nothing needs it.
  }

  @Override
  public Future<@Nullable Void> close() {
    house.vertx().cancelTimer(ticking);
    relay.close();
    standIns.close();
    return house.vertx().executeBlocking(this::end, false);
  }
}
