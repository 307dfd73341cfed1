package darban.app;

import darban.observe.Meters;
import darban.stage.cache.CacheConfig;
import darban.stage.cache.CacheStage;
import darban.stage.cache.RouteCache;
import darban.store.Disk;
import darban.store.Store;
import darban.store.disk.DiskOptions;
import darban.store.disk.DiskStore;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The store of a running configuration, and what routes need of it. Any thread. */
final class Caching {
  private final CacheConfig config;
  private final Store store;

  private Caching(CacheConfig config, @Nullable Disk disk) {
    this.config = config;
    this.store =
        new Store(
            new Store.Limits(
                config.memory(), config.memoryObject(), config.maxObject(), config.slice()),
            disk);
  }

  /** Opens the store; what lies on disk is ready when this completes. */
  static Future<Caching> open(CacheConfig config) {
    Optional<CacheConfig.Disk> disk = config.disk();
    if (disk.isEmpty()) {
      return Future.succeededFuture(new Caching(config, null));
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
    return DiskStore.open(options).map(opened -> new Caching(config, opened));
  }

  Store store() {
    return store;
  }

  /** What routes make their stages with. */
  RouteCache.Caches stages() {
    return policy -> new CacheStage(store, policy, config.purgers(), config.telling());
  }

  /** The store's numbers. */
  void measure(Meters meters) {
    gauge(meters, "bytes", "Bytes stored", "memory", figures -> (double) figures.bytes());
    gauge(meters, "entries", "Answers stored", "memory", figures -> (double) figures.entries());
    gauge(
        meters,
        "filling.bytes",
        "Set aside for what is under way",
        "memory",
        figures -> (double) figures.filling());
    total(
        meters,
        "evictions",
        "Answers given up for others",
        "memory",
        figures -> (double) figures.evicted());
    total(
        meters,
        "unstored",
        "Answers that found no room",
        "memory",
        figures -> (double) figures.unstored());
    if (config.disk().isPresent()) {
      onDisk(meters);
    }
  }

  private void onDisk(Meters meters) {
    gauge(meters, "bytes", "Bytes stored", "disk", disk(Disk.Figures::bytes));
    gauge(meters, "entries", "Answers stored", "disk", disk(Disk.Figures::entries));
    gauge(
        meters,
        "filling.bytes",
        "Set aside for what is under way",
        "disk",
        disk(Disk.Figures::pending));
    gauge(
        meters,
        "writable",
        "Whether the disk takes what is to be stored",
        "disk",
        disk(figures -> figures.state() == Disk.State.WORKING ? 1 : 0));
    total(
        meters, "evictions", "Answers given up for others", "disk", disk(Disk.Figures::evictions));
    total(meters, "unstored", "Answers that found no room", "disk", disk(Disk.Figures::refused));
    total(meters, "loads", "Answers read", "disk", disk(Disk.Figures::hits));
    total(meters, "stored", "Answers written", "disk", disk(Disk.Figures::stored));
    total(
        meters,
        "damaged",
        "Answers and slices whose checksum was wrong",
        "disk",
        disk(Disk.Figures::damaged));
    total(meters, "errors", "Reads and writes that failed", "disk", disk(Disk.Figures::errors));
    total(
        meters,
        "scrubbed.bytes",
        "Bytes looked at for damage",
        "disk",
        disk(Disk.Figures::scrubbed));
  }

  private static ToDoubleFunction<Store.Figures> disk(ToLong of) {
    return figures -> {
      Disk.Figures disk = figures.disk();
      return disk == null ? 0 : (double) of.read(disk);
    };
  }

  /** One of the disk's figures. */
  private interface ToLong {
    long read(Disk.Figures figures);
  }

  private void gauge(
      Meters meters, String name, String doc, String tier, ToDoubleFunction<Store.Figures> read) {
    meters.gauge(
        "darban.cache." + name, doc, store, now -> read.applyAsDouble(now.figures()), "tier", tier);
  }

  private void total(
      Meters meters, String name, String doc, String tier, ToDoubleFunction<Store.Figures> read) {
    meters.total(
        "darban.cache." + name, doc, store, now -> read.applyAsDouble(now.figures()), "tier", tier);
  }

  /** Writes what is to be found after a restart. */
  Future<Void> close() {
    return store.close();
  }
}
