package darban.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import darban.base.Failure;
import darban.base.Ticker;
import darban.caching.StoredResponse;
import darban.http.FieldName;
import darban.http.Ranges;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All stored responses of the process: the hot ones in memory, all of them on disk where there is
 * one. It decides nothing about HTTP; {@link darban.caching} does.
 *
 * <p>Any thread. What it says is at once the same for all event loops, and nothing in it waits.
 */
public final class Store {
  private static final long MOST_USES = 100_000;

  private volatile Capacity limits;
  private final @Nullable Disk disk;
  private final Ticker ticker;
  private final Memory memory;
  private final QueryRules rules = new QueryRules();
  private final Cache<Key, Integer> uses;
  private final @Nullable Loads loads;
  private final Flights flights;
  private final Purges purges = new Purges();
  private final AtomicLong filling = new AtomicLong();
  private final LongAdder unstored = new LongAdder();
  private final Backlog backlog = new Backlog(() -> this.limits.backlog());

  /** An empty store in memory, before what {@code disk} holds; null for none. */
  public Store(Capacity limits, @Nullable Disk disk, Ticker ticker) {
    this.limits = limits;
    this.disk = disk;
    this.ticker = ticker;
    this.flights = new Flights(ticker);
    this.memory = new Memory(limits.stored(keepsParts()));
    this.loads = disk == null ? null : new Loads(disk, memory, purges, this::bounds, ticker);
    this.uses = Caffeine.newBuilder().maximumSize(MOST_USES).executor(Runnable::run).build();
  }

  /** Holds so much from now on; the slices stay as they are. */
  public void limits(Capacity changed) {
    if (changed.slice() != limits.slice()) {
      throw new IllegalArgumentException("slices of another size");
    }
    limits = changed;
    memory.resize(changed.stored(keepsParts()));
  }

  private ContentBounds bounds() {
    return limits.bounds(this::readAhead, backlog);
  }

  /** Whether there is a disk, so that parts of large contents can be kept. */
  public boolean keepsParts() {
    return disk != null;
  }

  /** Bytes of a slice. */
  public int sliceBytes() {
    return limits.slice();
  }

  /** Bytes that are fetched ahead of a client that asks for one part after the other. */
  public long readAhead() {
    return limits.readAhead();
  }

  /** Requests to origins that several clients wait for. */
  public Flights flights() {
    return flights;
  }

  // Finding

  /**
   * The key under which a response to this one's is stored, by what earlier ones said of queries.
   */
  public Key canonical(Key key) {
    return rules.canonical(key);
  }

  /** What is at hand. */
  public Variants find(Key key) {
    return memory.find(key);
  }

  /** Whether {@link #load} may find more than {@code known}. */
  public boolean mayLoad(Key key, Variants known) {
    return disk != null && !known.whole() && !disk.find(KeyHash.of(key.bytes())).isEmpty();
  }

  /**
   * What is stored, read from the disk. Completes on any thread, never fails; whoever asked closes
   * the loan. Only where {@link #mayLoad} says so.
   */
  public Future<Loan> load(Key key) {
    return Objects.requireNonNull(loads, "no disk").load(key);
  }

  /** An entry that is put now, as the purges since then leave it; null for purged. */
  private @Nullable Entry admitted(Entry entry, long since) {
    return switch (purges.since(since, entry.key(), entry.response())) {
      case NONE -> entry;
      case SOFT -> entry.expired(ticker);
      case HARD -> null;
    };
  }

  /** Counts a use of an entry, so that the disk keeps what is in use here. */
  public void used(Entry entry) {
    Disk.Found found = entry.content().place().found();
    if (disk != null && found != null && entry.content().place().isUsedAnew()) {
      disk.touch(found);
    }
  }

  // Storing

  /** A number for {@link #begin}: taken before the request goes out, so that no purge is missed. */
  public long now() {
    return purges.count();
  }

  /** Whether an entry may not be used any more by whoever asked for it at {@code since}. */
  public boolean isPurged(Entry entry, long since) {
    return purges.since(since, entry.key(), entry.response()) != Purges.Mark.NONE;
  }

  /**
   * Begins to store a response; it can be found at once.
   *
   * @param part which bytes of the whole will come; null for all
   * @param resumable whether what does not come can be asked for later, by range
   * @param since what {@link #now} said before the request went out
   * @return null when it cannot be stored
   */
  public @Nullable Filling begin(
      Key asked,
      StoredResponse response,
      Ranges.@Nullable Part part,
      boolean resumable,
      long since) {
    Key key = rules.learn(asked, response);
    long length = length(response);
    boolean small = length >= 0 && length <= limits.object() && part == null;
    boolean tooLarge = length > limits.maxObject() || (disk == null && !small && length >= 0);
    long held = small ? length : bounds().held();
    if (tooLarge || filling.get() + held > limits.filling()) {
      unstored.increment();
      return null;
    }
    return small || !resumable
        ? whole(key, response, length, held, since)
        : parts(key, response, length, part, held, since);
  }

  private static long length(StoredResponse response) {
    String text = response.fields().get(FieldName.CONTENT_LENGTH);
    return text == null ? -1 : Long.parseLong(text);
  }

  /** What has all of it or nothing: on disk once it grows large. */
  private Filling whole(Key key, StoredResponse response, long length, long held, long since) {
    Disk.@Nullable Draft[] draft = new Disk.Draft[1];
    Content content =
        Content.coming(
            bounds(),
            length,
            () -> {
              draft[0] = draft(key, response, length, since);
              return draft[0] == null ? null : draft[0].file();
            });
    Entry entry = new Entry(key, response, content);
    Feed feed = content.feed(0, length, false);
    filling.addAndGet(held);
    memory.put(entry, true, last -> admitted(last, since));
    return new Filling(this, entry, feed, () -> draft[0], held, since);
  }

  /** What is made of slices, some of which may come later. */
  private @Nullable Filling parts(
      Key key,
      StoredResponse response,
      long length,
      Ranges.@Nullable Part part,
      long held,
      long since) {
    Disk.Draft draft = draft(key, response, length, since);
    if (draft == null) {
      unstored.increment();
      return null;
    }
    Content content = Content.of(bounds(), length, draft.file());
    draft.file().length(length);
    Entry entry = new Entry(key, response, content);
    Feed feed =
        part == null
            ? content.feed(0, length, true)
            : content.feed(part.first(), part.last() + 1, true);
    filling.addAndGet(held);
    if (memory.put(entry, true, last -> admitted(last, since))) {
      draft.commit().onComplete(done -> onDisk(entry, done.result()));
    }
    return new Filling(this, entry, feed, () -> null, held, since);
  }

  private Disk.@Nullable Draft draft(Key key, StoredResponse response, long length, long since) {
    return disk == null
        ? null
        : disk.create(description(key, response), length, wanted(key, response, since));
  }

  /** Whether no purge since then meant it: asked when it is about to be findable on disk. */
  private BooleanSupplier wanted(Key key, StoredResponse response, long since) {
    return () -> purges.since(since, key, response) == Purges.Mark.NONE;
  }

  private static Disk.Description description(Key key, StoredResponse response) {
    return new Disk.Description(
        key.bytes(),
        response.vary().normalText().getBytes(StandardCharsets.UTF_8),
        response.encoded(),
        Selection.diskTags(key, response),
        new Disk.Hints(Math.max(0, response.freshness().staleFrom() / 1000), 0));
  }

  private void onDisk(Entry entry, Disk.@Nullable Found found) {
    if (found != null && !entry.content().place().put(found)) {
      Objects.requireNonNull(disk).remove(found);
    }
  }

  /** The content of a filling is over. */
  void filled(Filling filling, @Nullable Failure why) {
    Content content = filling.entry().content();
    this.filling.addAndGet(-filling.held());
    if (filling.resumable()) {
      return;
    }
    if (why != null || !content.isKept()) {
      remove(filling.entry());
      return;
    }
    ByteBuf bytes = disk == null ? null : content.memory();
    // It is weighed by what it now holds, and may have to go at once.
    Entry stored = memory.change(filling.entry().key(), content, same -> same);
    Disk.Draft draft = filling.draft().get();
    if (stored != null && draft != null) {
      draft.commit().onComplete(done -> onDisk(stored, done.result()));
    } else if (stored != null && disk != null && bytes != null) {
      disk.put(
              description(stored.key(), stored.response()),
              bytes,
              wanted(stored.key(), stored.response(), filling.since()))
          .onComplete(done -> onDisk(stored, done.result()));
    } else if (bytes != null) {
      bytes.release();
    }
  }

  /**
   * Puts a freshened response in the place of an entry's.
   *
   * @param since what {@link #now} said before the request went out
   * @return the entry as it now stands; where it is gone, as it would
   */
  public Entry freshen(Entry entry, StoredResponse response, long since) {
    BooleanSupplier wanted = wanted(entry.key(), response, since);
    Entry fresh =
        memory.change(
            entry.key(),
            entry.content(),
            old -> wanted.getAsBoolean() ? old.with(response) : old.with(response).expired(ticker));
    Disk.Found found = entry.content().place().found();
    if (disk != null && found != null) {
      disk.update(found, description(entry.key(), response), wanted)
          .onComplete(updated -> onDisk(entry, updated.result()));
    }
    return fresh == null ? entry.with(response) : fresh;
  }

  /** An entry with another response, for one answer only: it is not stored so. */
  public Entry unstored(Entry entry, StoredResponse response) {
    return entry.with(response);
  }

  /** A content that is not stored: its readers pass it on while it comes. */
  public Content passing(long length) {
    return Content.passing(bounds(), length);
  }

  /** Counts a request for a key; whether it is the {@code least}-th, or a later one, of late. */
  public boolean isWanted(Key key, int least) {
    return least <= 1 || uses.asMap().merge(key, 1, Integer::sum) >= least;
  }

  /** Removes an entry, whatever its head is by now. */
  public void remove(Entry entry) {
    if (loads != null) {
      loads.spoil(entry.key());
    }
    Disk.Found found = entry.content().place().remove();
    memory.remove(entry.key(), entry.content());
    if (disk != null && found != null) {
      disk.remove(found);
    }
  }

  // Purging

  /**
   * Purges; what was stored before is found no more when the future completes.
   *
   * @param soft whether it only becomes stale
   * @return how many are known to be concerned; completes when a restart would not bring them back
   */
  public Future<Long> purge(Selection selection, boolean soft) {
    long number = purges.add(selection, soft);
    long count = 0;
    for (Variants variants : memory.candidates(selection)) {
      for (Entry entry : variants.entries()) {
        if (selection.means(entry.key(), entry.response())) {
          count++;
          drop(entry, soft);
        }
      }
    }
    long here = count;
    Future<Long> onDisk =
        disk == null ? Future.succeededFuture(0L) : disk.purge(selection.onDisk(), soft);
    return onDisk.onComplete(done -> purges.settle(number)).map(there -> Math.max(there, here));
  }

  private void drop(Entry entry, boolean soft) {
    if (soft) {
      memory.change(entry.key(), entry.content(), now -> now.expired(ticker));
    } else {
      // The disk purges by itself.
      memory.remove(entry.key(), entry.content());
    }
  }

  /**
   * Figures for meters; counters start at 0 with the process.
   *
   * @param bytes of memory that entries take
   * @param entries keys at hand in memory
   * @param filling bytes set aside for what is under way
   * @param evicted keys that left memory for want of room
   * @param unstored responses that found no room
   * @param disk those of the disk; null without one
   */
  public record Figures(
      long bytes,
      long entries,
      long filling,
      long evicted,
      long unstored,
      Disk.@Nullable Figures disk) {}

  /** How it does. */
  public Figures figures() {
    return new Figures(
        memory.bytes(),
        memory.count(),
        filling.get(),
        memory.evictions(),
        unstored.sum(),
        disk == null ? null : disk.figures());
  }

  /** Lets go of everything; the disk is closed with its index written. */
  public Future<Void> close() {
    memory.close();
    return disk == null ? Future.succeededFuture() : disk.close();
  }
}
