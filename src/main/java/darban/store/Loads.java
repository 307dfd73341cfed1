package darban.store;

import darban.base.Ticker;
import darban.caching.StoredResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is being read from the disk into memory, each key once at a time. What is in memory is
 * newer: it stays. Any thread.
 */
final class Loads {
  /** A look at the disk that is under way. */
  private static final class Load {
    final Promise<Loan> promise = Promise.promise();
    final Loan loan = new Loan();
    final long since;
    volatile boolean spoilt;

    Load(long since) {
      this.since = since;
    }
  }

  private final Disk disk;
  private final Memory memory;
  private final Purges purges;
  private final Supplier<ContentBounds> bounds;
  private final Ticker ticker;
  private final Map<Key, Load> underWay = new ConcurrentHashMap<>();

  Loads(Disk disk, Memory memory, Purges purges, Supplier<ContentBounds> bounds, Ticker ticker) {
    this.disk = disk;
    this.memory = memory;
    this.purges = purges;
    this.bounds = bounds;
    this.ticker = ticker;
  }

  /** Reads what the disk has under a key; all that there is then. */
  Future<Loan> load(Key key) {
    Load load = new Load(purges.settled());
    for (Load running = underWay.putIfAbsent(key, load);
        running != null;
        running = underWay.putIfAbsent(key, load)) {
      if (running.loan.join()) {
        return running.promise.future();
      }
      // It ended this moment.
      underWay.remove(key, running);
    }
    byte[] text = key.bytes();
    List<Future<Disk.@Nullable Entry>> reads = new ArrayList<>();
    for (Disk.Found found : disk.find(KeyHash.of(text))) {
      reads.add(disk.load(found, text, bounds.get().memory()));
    }
    Future.join(reads)
        .onComplete(read -> {
          for (Future<Disk.@Nullable Entry> each : reads) {
            Disk.Entry entry = each.result();
            if (entry != null) {
              loaded(key, entry, load);
            }
          }
          load.loan.complete(memory.whole(key));
          underWay.remove(key, load);
          load.promise.complete(load.loan);
        });
    return load.promise.future();
  }

  /** What is being read under a key may be what was just removed. */
  void spoil(Key key) {
    Load load = underWay.get(key);
    if (load != null) {
      load.spoilt = true;
    }
  }

  private void loaded(Key key, Disk.Entry read, Load load) {
    StoredResponse response = StoredResponse.decoded(read.metadata()).orElse(null);
    Disk.Found found = read.found();
    boolean lacks = found.stored() < found.length();
    if (response == null || (lacks && !response.isResumable())) {
      read.discard();
      disk.remove(found);
      return;
    }
    Content content =
        switch (read.body()) {
          case Disk.Stored.Bytes bytes -> Content.of(bounds.get(), bytes.buffer());
          case Disk.Stored.File so -> Content.of(bounds.get(), found.length(), so.file());
        };
    content.place().put(found);
    Entry entry = admitted(new Entry(key, response, content), load);
    if (entry == null) {
      content.release();
      return;
    }
    load.loan.hold(entry);
    memory.put(entry, false, last -> admitted(last, load));
  }

  private @Nullable Entry admitted(Entry entry, Load load) {
    Purges.Mark mark = purges.since(load.since, entry.key(), entry.response());
    if (load.spoilt || mark == Purges.Mark.HARD) {
      return null;
    }
    Disk.Found found = entry.content().place().found();
    boolean soft = mark == Purges.Mark.SOFT || (found != null && found.soft());
    return soft ? entry.expired(ticker) : entry;
  }
}
