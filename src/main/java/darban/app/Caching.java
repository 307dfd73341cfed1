package darban.app;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.observe.Meters;
import darban.stage.cache.CacheConfig;
import darban.stage.cache.CacheStage;
import darban.stage.cache.EdgeAudience;
import darban.stage.cache.LiveEdge;
import darban.stage.cache.LiveStreams;
import darban.stage.cache.RouteCache;
import darban.store.Capacity;
import darban.store.Disk;
import darban.store.Store;
import darban.store.disk.DiskOptions;
import darban.store.disk.DiskStore;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The store of a running configuration, and what routes need of it. Any thread. */
final class Caching implements Part {
  private static final Logger LOG = Logger.getLogger("darban");

  private final CacheConfig config;
  private final Store store;
  private final LiveStreams streams = new LiveStreams();
  private final EdgeAudience audience;

  private Caching(CacheConfig config, @Nullable Disk disk, Meters meters) {
    this.config = config;
    this.audience = new EdgeAudience(meters::edgeLag);
    this.store = new Store(limits(config), disk, Ticker.system());
  }

  private static Capacity limits(CacheConfig config) {
    return new Capacity(
        config.memory(),
        config.memoryObject(),
        config.maxObject(),
        config.slice(),
        config.readAhead());
  }

  /**
   * The store that {@code config} wants: that of {@code before} where only its bounds change, else
   * a new one; what lies on disk is ready when this completes.
   */
  static Future<Caching> open(CacheConfig config, @Nullable Caching before, Meters meters) {
    if (before != null && before.fits(config)) {
      return Future.succeededFuture(before);
    }
    Optional<CacheConfig.Disk> disk = config.disk();
    if (disk.isEmpty()) {
      return Future.succeededFuture(new Caching(config, null, meters));
    }
    if (before != null && before.isIn(disk.get().path())) {
      return Future.failedFuture(
          Failure.of(Kind.INTERNAL, "the cache on disk is open with another `size` or `slice`")
              .detailed("these change with a restart only: " + disk.get().path()));
    }
    DiskOptions usual = DiskOptions.of(disk.get().path(), disk.get().size());
    DiskOptions options =
        new DiskOptions(
            usual.directory(),
            usual.capacity(),
            config.slice(),
            usual.smallBytes(),
            usual.mostEntries(),
            usual.pendingBytes(),
            usual.scrubRate(),
            usual.retry());
    return DiskStore.open(options)
        .map(opened -> new Caching(config, opened, meters))
        .recover(failed -> withoutDisk(config, options, meters, failed));
  }

  /** A broken disk must not keep a gateway from starting; two of them on one folder must. */
  private static Future<Caching> withoutDisk(
      CacheConfig config, DiskOptions options, Meters meters, Throwable failed) {
    if (failed instanceof DiskStore.InUse) {
      return Future.failedFuture(failed);
    }
    LOG.log(
        Level.WARNING,
        "cannot open the disk cache {0}: {1}; until the next start all is kept in memory only",
        new Object[] {options.directory(), failed});
    return Future.succeededFuture(new Caching(config, null, meters));
  }

  private boolean fits(CacheConfig wanted) {
    return config.disk().equals(wanted.disk()) && config.slice() == wanted.slice();
  }

  private boolean isIn(Path folder) {
    return config.disk().filter(disk -> disk.path().equals(folder)).isPresent();
  }

  Store store() {
    return store;
  }

  /** Who watches streams of others. */
  EdgeAudience audience() {
    return audience;
  }

  /** Its bounds are those of {@code now} from now on. */
  void use(CacheConfig now) {
    store.limits(limits(now));
  }

  /** What routes make their stages with, where the section is {@code now}. */
  RouteCache.Caches stages(CacheConfig now) {
    return (policy, edge) ->
        new CacheStage(
            store,
            policy,
            now.purgers(),
            now.telling(),
            edge.map(rules -> new LiveEdge(rules, streams, audience, store)).orElse(null));
  }

  @Override
  public void retire() {
    // Readers go on; what they fill is of use to nobody else, and to them it is.
  }

  /** Writes what is to be found after a restart. */
  @Override
  public Future<@Nullable Void> close() {
    return store.close().mapEmpty();
  }
}
