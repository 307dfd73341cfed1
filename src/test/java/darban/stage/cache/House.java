package darban.stage.cache;

import darban.base.Ticker;
import darban.caching.CachePolicy;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Exchanges;
import darban.exchange.Match;
import darban.exchange.Observer;
import darban.exchange.Peer;
import darban.exchange.Phase;
import darban.exchange.Pipeline;
import darban.exchange.Refusal;
import darban.exchange.Route;
import darban.flow.Loop;
import darban.store.Capacity;
import darban.store.Disk;
import darban.store.Store;
import darban.store.disk.DiskOptions;
import darban.store.disk.TurningDisk;
import darban.testkit.FaultyFiles;
import darban.testkit.Turns;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cache and what it needs around it, on loops that take turns. One thread. */
final class House {
  static final int SLICE = 16_384;
  static final long MEMORY = 1 << 20;
  static final long CAPACITY = 16 << 20;

  private static final CachePolicy POLICY =
      new CachePolicy(
          new CachePolicy.Times(
              Duration.ZERO,
              Map.of(),
              Duration.ofDays(1),
              Duration.ZERO,
              Duration.ofSeconds(Ledger.STALE_IF_ERROR),
              CachePolicy.Times.UNBOUNDED),
          CachePolicy.DEFAULT.key(),
          CachePolicy.DEFAULT.requests(),
          CachePolicy.DEFAULT.admission());

  private static final Peer PEER =
      new Peer(
          "model",
          "127.0.0.1",
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 2),
          false,
          false,
          null,
          null,
          false);

  private final Store store;
  private final Disk disk;
  private final Endpoint pipeline;

  private House(Store store, Disk disk, Endpoint origin) {
    this.store = store;
    this.disk = disk;
    CacheStage stage = new CacheStage(store, POLICY, List.of(), CacheConfig.Telling.NOTHING, null);
    this.pipeline = Pipeline.of(Map.of(Phase.CACHE, stage), origin);
  }

  /** What it is built of, which outlives it. */
  record Ground(Turns turns, Turns.Line aside, FaultyFiles files, Ticker ticker) {}

  /** Opens what lies in {@code folder}. */
  static House open(Path folder, Endpoint origin, Ground ground) {
    DiskOptions options =
        new DiskOptions(
            folder, CAPACITY, SLICE, 4_096, 350, 8 << 20, 1 << 20, Duration.ofMillis(100));
    Disk disk =
        done(
            TurningDisk.open(options, ground.turns(), ground.aside(), ground.files()),
            ground.turns());
    Capacity limits = new Capacity(MEMORY, SLICE, 250_000, SLICE, 2 * SLICE);
    return new House(new Store(limits, disk, ground.ticker()), disk, origin);
  }

  private static <T extends @Nullable Object> T done(Future<T> future, Turns turns) {
    while (!future.isComplete() && turns.turn()) {
      // Until it is.
    }
    if (!future.succeeded()) {
      throw new AssertionError("not done", future.cause());
    }
    return future.result();
  }

  Store store() {
    return store;
  }

  Disk disk() {
    return disk;
  }

  /** Serves one request on its loop. */
  void serve(Loop loop, Visitor visitor, Observer observer) {
    Route route = new Route("-", "model", Match.ALL, pipeline);
    Exchanges.Service service =
        new Exchanges.Service(
            loop,
            (Exchange exchange) -> route,
            new Refusal("darban"),
            observer,
            exchange -> "127.0.0.1",
            Duration.ofMinutes(1),
            () -> false);
    new Exchanges(() -> service, PEER).request(visitor);
  }

  /** Closes it as at the end of a process that is asked to stop. */
  void close(Turns turns) {
    done(store.close(), turns);
    turns.settle();
  }
}
