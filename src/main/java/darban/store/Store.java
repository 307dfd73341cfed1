package darban.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import darban.base.Failure;
import darban.caching.NoVarySearch;
import darban.caching.StoredResponse;
import darban.http.FieldName;
import darban.http.Ranges;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * All stored responses of the process: the hot ones in memory, all of them on disk where there is
 * one. It decides nothing about HTTP; {@link darban.caching} does.
 *
 * <p>Any thread. What it says is at once the same for all event loops, and nothing in it waits.
 */
public final class Store {
  /**
   * How much it may hold.
   *
   * @param memory bytes of memory, for content and heads
   * @param memoryObject bytes of one content that stays in memory; what is larger needs the disk
   * @param maxObject bytes of one content
   * @param slice bytes of a slice on disk, a power of two
   */
  public record Limits(long memory, int memoryObject, long maxObject, int slice) {
    /** Bytes of one response on its way that may wait for the disk or a slow reader. */
    private int unwritten() {
      return Math.max(2 * slice, memoryObject);
    }

    Content.Bounds bounds() {
      return new Content.Bounds(memoryObject, unwritten(), 2 * slice);
    }
  }

  /** Which stored responses are purged. */
  public sealed interface Selection {
    /** Those of exactly this key. */
    record Exact(Key key) implements Selection {}

    /** Those of a URL, whatever else their key is made of. */
    record Url(String url) implements Selection {}

    /** Those whose URL begins so. */
    record Prefix(String prefix) implements Selection {}

    /** Those with a tag. */
    record Tag(String tag) implements Selection {}

    /** Those of an origin that are in a cache group (RFC 9875). */
    record Group(String origin, String group) implements Selection {}

    /** All. */
    record All() implements Selection {}
  }

  private static final long MOST_RULES = 10_000;
  private static final long MOST_USES = 100_000;

  private volatile Limits limits;
  private final @Nullable Disk disk;
  private final Cache<Key, Variants> memory;
  private final Cache<Key, NoVarySearch> rules;
  private final Cache<Key, Integer> uses;
  private final Map<Key, Future<Variants>> loading = new ConcurrentHashMap<>();
  private final Flights flights = new Flights();
  private final Purges purges = new Purges();
  private final AtomicLong filling = new AtomicLong();
  private final LongAdder evicted = new LongAdder();
  private final LongAdder unstored = new LongAdder();

  /** An empty store in memory, before what {@code disk} holds; null for none. */
  public Store(Limits limits, @Nullable Disk disk) {
    this.limits = limits;
    this.disk = disk;
    this.memory =
        Caffeine.newBuilder()
            .maximumWeight(limits.memory())
            .weigher(
                (Key key, Variants variants) -> 2 * key.cache().text().length() + variants.weight())
            .evictionListener((key, variants, cause) -> evicted(variants))
            .executor(Runnable::run)
            .build();
    this.rules = Caffeine.newBuilder().maximumSize(MOST_RULES).executor(Runnable::run).build();
    this.uses = Caffeine.newBuilder().maximumSize(MOST_USES).executor(Runnable::run).build();
  }

  private void evicted(@Nullable Variants variants) {
    evicted.increment();
    if (variants != null) {
      variants.entries().forEach(entry -> entry.content().release());
    }
  }

  /** Holds so much from now on; the slices stay as they are. */
  public void limits(Limits changed) {
    if (changed.slice() != limits.slice()) {
      throw new IllegalArgumentException("slices of another size");
    }
    limits = changed;
    memory.policy().eviction().ifPresent(bound -> bound.setMaximum(changed.memory()));
  }

  /** Whether there is a disk, so that parts of large contents can be kept. */
  public boolean keepsParts() {
    return disk != null;
  }

  /** Bytes of a slice. */
  public int sliceBytes() {
    return limits.slice();
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
    if (rules.estimatedSize() == 0) {
      return key;
    }
    NoVarySearch rule = rules.getIfPresent(withoutQuery(key));
    return rule == null ? key : canonical(key, rule);
  }

  private static Key canonical(Key key, NoVarySearch rule) {
    String query = rule.canonical(key.cache().query());
    return new Key(key.cache().withQuery(query.isEmpty() ? null : query), key.space());
  }

  private static Key withoutQuery(Key key) {
    return new Key(key.cache().withQuery(null), key.space());
  }

  /** What is at hand. */
  public Variants find(Key key) {
    Variants found = memory.getIfPresent(key);
    return found == null ? Variants.NONE : found;
  }

  /** Whether {@link #load} may find more than {@code known}. */
  public boolean mayLoad(Key key, Variants known) {
    return disk != null && !known.whole() && !disk.find(KeyHash.of(key.bytes())).isEmpty();
  }

  /** What is stored, read from the disk where need be. Completes on any thread, never fails. */
  public Future<Variants> load(Key key) {
    Disk so = disk;
    if (so == null) {
      return Future.succeededFuture(find(key));
    }
    Promise<Variants> promise = Promise.promise();
    Future<Variants> running = loading.putIfAbsent(key, promise.future());
    if (running != null) {
      return running;
    }
    long since = purges.count();
    byte[] text = key.bytes();
    List<Future<Disk.@Nullable Entry>> reads = new ArrayList<>();
    for (Disk.Found found : so.find(KeyHash.of(text))) {
      reads.add(so.load(found, text));
    }
    Future.join(reads)
        .onComplete(read -> {
          for (Future<Disk.@Nullable Entry> each : reads) {
            Disk.Entry entry = each.result();
            if (entry != null) {
              loaded(key, entry, since);
            }
          }
          Variants all = wholeNow(key);
          loading.remove(key);
          promise.complete(all);
        });
    return promise.future();
  }

  /** Notes that the disk has no more under the key than what is at hand. */
  private Variants wholeNow(Key key) {
    Variants[] result = {Variants.NONE};
    memory
        .asMap()
        .computeIfPresent(
            key,
            (same, variants) -> {
              result[0] = Variants.of(variants.entries(), true);
              return result[0];
            });
    return result[0];
  }

  private void loaded(Key key, Disk.Entry read, long since) {
    StoredResponse response = StoredResponse.decoded(read.metadata()).orElse(null);
    if (response == null || isAtHand(key, response)) {
      read.discard();
      return;
    }
    Content content =
        switch (read.body()) {
          case Disk.Stored.Bytes bytes -> Content.of(limits.bounds(), bytes.buffer());
          case Disk.Stored.File so -> Content.of(limits.bounds(), read.found().length(), so.file());
        };
    StoredResponse now =
        read.found().soft() ? response.expired(System.currentTimeMillis()) : response;
    publish(new Entry(key, now, content, read.found()), since);
  }

  /** What is in memory is never older than what is on disk. */
  private boolean isAtHand(Key key, StoredResponse response) {
    return find(key).responses().stream().anyMatch(each -> each.vary().sameAs(response.vary()));
  }

  // Storing

  /** A number for {@link #begin}: taken before the request goes out, so that no purge is missed. */
  public long now() {
    return purges.count();
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
    Key key = stored(asked, response);
    long length = length(response);
    boolean small = length >= 0 && length <= limits.memoryObject() && part == null;
    if (length > limits.maxObject() || (disk == null && !small && length >= 0)) {
      unstored.increment();
      return null;
    }
    long held = small ? length : limits.unwritten();
    if (filling.get() + held > limits.memory()) {
      unstored.increment();
      return null;
    }
    return small || !resumable
        ? whole(key, response, length, held, since)
        : parts(key, response, length, part, held, since);
  }

  /** The key that a response with No-Vary-Search is found under from now on. */
  private Key stored(Key asked, StoredResponse response) {
    NoVarySearch rule = NoVarySearch.of(response.fields()).orElse(null);
    if (rule == null) {
      return asked;
    }
    rules.put(withoutQuery(asked), rule);
    return canonical(asked, rule);
  }

  private static long length(StoredResponse response) {
    String text = response.fields().get(FieldName.CONTENT_LENGTH);
    return text == null ? -1 : Long.parseLong(text);
  }

  /** What has all of it or nothing: on disk once it grows large. */
  private @Nullable Filling whole(
      Key key, StoredResponse response, long length, long held, long since) {
    Disk.@Nullable Draft[] draft = new Disk.Draft[1];
    Content content =
        new Content(
            limits.bounds(),
            length,
            () -> {
              draft[0] = draft(key, response, length);
              return draft[0] == null ? null : draft[0].file();
            });
    Entry entry = new Entry(key, response, content, null);
    Feed feed = content.feed(0, length, false);
    filling.addAndGet(held);
    publish(entry, since);
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
    Disk.Draft draft = draft(key, response, length);
    if (draft == null) {
      unstored.increment();
      return null;
    }
    Content content = Content.of(limits.bounds(), length, draft.file());
    draft.file().length(length);
    Entry entry = new Entry(key, response, content, null);
    Feed feed =
        part == null
            ? content.feed(0, length, true)
            : content.feed(part.first(), part.last() + 1, true);
    filling.addAndGet(held);
    if (publish(entry, since)) {
      commit(entry, draft, since);
    }
    return new Filling(this, entry, feed, () -> null, held, since);
  }

  private Disk.@Nullable Draft draft(Key key, StoredResponse response, long length) {
    return disk == null ? null : disk.create(description(key, response), length);
  }

  private static Disk.Description description(Key key, StoredResponse response) {
    List<String> tags = new ArrayList<>(response.tags());
    response.groups().forEach(group -> tags.add(groupTag(key.cache().origin(), group)));
    byte[] variant = variant(response).getBytes(StandardCharsets.UTF_8);
    return new Disk.Description(
        key.bytes(),
        variant,
        response.encoded(),
        tags,
        new Disk.Hints(Math.max(0, response.freshness().staleFrom() / 1000), 0));
  }

  /** A group as a tag; no tag has a line break. */
  private static String groupTag(String origin, String group) {
    return origin + '\n' + group;
  }

  private static String variant(StoredResponse response) {
    return response.vary().normalText();
  }

  /** Puts an entry where it is found, unless it was purged meanwhile; takes its content's hold. */
  private boolean publish(Entry entry, long since) {
    boolean[] published = {false};
    List<Entry> gone = new ArrayList<>();
    memory
        .asMap()
        .compute(
            entry.key(),
            (key, before) -> {
              Purges.Mark mark = purges.since(since, key, entry.response());
              if (mark == Purges.Mark.HARD) {
                return before;
              }
              published[0] = true;
              Variants old = before == null ? Variants.NONE : before;
              Entry put =
                  mark == Purges.Mark.SOFT
                      ? withResponse(entry, entry.response().expired(System.currentTimeMillis()))
                      : entry;
              Variants after = old.with(put);
              old.entries().stream()
                  .filter(each -> !after.entries().contains(each))
                  .forEach(gone::add);
              return after;
            });
    if (!published[0]) {
      entry.content().release();
    }
    gone.forEach(each -> each.content().release());
    return published[0];
  }

  private static Entry withResponse(Entry entry, StoredResponse response) {
    return new Entry(entry.key(), response, entry.content(), entry.found());
  }

  private void commit(Entry entry, Disk.Draft draft, long since) {
    draft.commit().onComplete(done -> onDisk(entry, done.result(), since));
  }

  private void onDisk(Entry entry, Disk.@Nullable Found found, long since) {
    entry.found(found);
    Disk so = disk;
    if (found != null
        && so != null
        && purges.since(since, entry.key(), entry.response()) == Purges.Mark.HARD) {
      so.remove(found);
    }
  }

  /** The content of a filling is over. */
  void filled(Filling filling, @Nullable Failure why) {
    Entry entry = filling.entry();
    this.filling.addAndGet(-filling.held());
    Disk.Draft draft = filling.draft().get();
    if (filling.resumable()) {
      return;
    }
    if (why != null || !entry.content().storable()) {
      remove(entry);
      return;
    }
    if (!weighAgain(entry)) {
      return;
    }
    Disk so = disk;
    if (draft != null) {
      commit(entry, draft, filling.since());
    } else if (so != null) {
      io.netty.buffer.ByteBuf bytes = entry.content().memory();
      if (bytes != null) {
        so.put(description(entry.key(), entry.response()), bytes)
            .onComplete(done -> onDisk(entry, done.result(), filling.since()));
      }
    }
  }

  /** Its content has come to stay: counts what it takes. Whether it is still stored. */
  private boolean weighAgain(Entry entry) {
    boolean[] there = {false};
    memory
        .asMap()
        .computeIfPresent(
            entry.key(),
            (key, variants) -> {
              there[0] = variants.entries().contains(entry);
              return there[0] ? Variants.of(variants.entries(), variants.whole()) : variants;
            });
    return there[0];
  }

  /**
   * Puts a freshened response in the place of an entry's.
   *
   * @return the entry as it now stands; the old one where it is gone
   */
  public Entry freshen(Entry entry, StoredResponse response) {
    Entry fresh = withResponse(entry, response);
    boolean[] done = {false};
    List<Entry> gone = new ArrayList<>();
    memory
        .asMap()
        .computeIfPresent(
            entry.key(),
            (key, variants) -> {
              if (!variants.entries().contains(entry)) {
                return variants;
              }
              done[0] = true;
              // The store's hold on the content passes to the new entry.
              Variants after = variants.without(entry).with(fresh);
              variants.without(entry).entries().stream()
                  .filter(each -> !after.entries().contains(each))
                  .forEach(gone::add);
              return after;
            });
    gone.forEach(each -> each.content().release());
    Disk.Found found = entry.found();
    if (done[0] && disk != null && found != null) {
      disk.update(found, description(entry.key(), response))
          .onComplete(updated -> {
            if (updated.result() != null) {
              fresh.found(updated.result());
            }
          });
    }
    return fresh;
  }

  /** An entry with another response, for one answer only: it is not stored so. */
  public Entry unstored(Entry entry, StoredResponse response) {
    return withResponse(entry, response);
  }

  /** A content that is not stored: its readers pass it on while it comes. */
  public Content passing(long length) {
    return new Content(limits.bounds(), length, () -> null);
  }

  /** Counts a request for a key; whether it is the {@code least}-th, or a later one, of late. */
  public boolean isWanted(Key key, int least) {
    return least <= 1 || uses.asMap().merge(key, 1, Integer::sum) >= least;
  }

  /** Removes an entry. */
  public void remove(Entry entry) {
    boolean[] removed = {false};
    memory
        .asMap()
        .computeIfPresent(
            entry.key(),
            (key, variants) -> {
              removed[0] = variants.entries().contains(entry);
              Variants after = variants.without(entry);
              return after.entries().isEmpty() ? null : after;
            });
    if (removed[0]) {
      entry.content().release();
    }
    Disk.Found found = entry.found();
    if (disk != null && found != null) {
      disk.remove(found);
    }
  }

  // Purging

  /**
   * Purges; what was stored before is found no more when this returns.
   *
   * @param soft whether it only becomes stale
   * @return how many are known to be concerned; completes when a restart would not bring them back
   */
  public Future<Long> purge(Selection selection, boolean soft) {
    BiPredicate<Key, StoredResponse> concerned = test(selection);
    purges.add(concerned, soft);
    long[] count = {0};
    if (selection instanceof Selection.Exact(Key key)) {
      find(key).entries().forEach(entry -> count[0] += drop(entry, soft));
    } else {
      memory.asMap().values().forEach(variants -> count[0] += drop(variants, concerned, soft));
    }
    Disk so = disk;
    return so == null
        ? Future.succeededFuture(count[0])
        : purgeDisk(so, selection, soft).map(onDisk -> Math.max(onDisk, count[0]));
  }

  private int drop(Variants variants, BiPredicate<Key, StoredResponse> concerned, boolean soft) {
    int count = 0;
    for (Entry entry : variants.entries()) {
      count += concerned.test(entry.key(), entry.response()) ? drop(entry, soft) : 0;
    }
    return count;
  }

  private int drop(Entry entry, boolean soft) {
    if (soft) {
      expire(entry);
    } else {
      // The disk purges by itself.
      entry.found(null);
      remove(entry);
    }
    return 1;
  }

  private void expire(Entry entry) {
    StoredResponse expired = entry.response().expired(System.currentTimeMillis());
    Entry stale = withResponse(entry, expired);
    memory
        .asMap()
        .computeIfPresent(
            entry.key(),
            (key, variants) ->
                variants.entries().contains(entry)
                    ? variants.without(entry).with(stale)
                    : variants);
  }

  private static Future<Long> purgeDisk(Disk disk, Selection selection, boolean soft) {
    return disk.purge(
        switch (selection) {
          case Selection.Exact(Key key) -> new Disk.Selection.Key(key.bytes());
          case Selection.Url(String url) -> new Disk.Selection.Prefix(Key.prefixOf(url));
          case Selection.Prefix(String prefix) ->
              new Disk.Selection.Prefix(prefix.getBytes(StandardCharsets.UTF_8));
          case Selection.Tag(String tag) -> new Disk.Selection.Tag(tag);
          case Selection.Group(String origin, String group) ->
              new Disk.Selection.Tag(groupTag(origin, group));
          case Selection.All all -> new Disk.Selection.All();
        },
        soft);
  }

  private static BiPredicate<Key, StoredResponse> test(Selection selection) {
    return switch (selection) {
      case Selection.Exact(Key only) -> (key, response) -> key.equals(only);
      case Selection.Url(String url) -> (key, response) -> key.cache().uri().equals(url);
      case Selection.Prefix(String prefix) ->
          (key, response) -> key.cache().uri().startsWith(prefix);
      case Selection.Tag(String tag) -> (key, response) -> response.tags().contains(tag);
      case Selection.Group(String origin, String group) ->
          (key, response) ->
              key.cache().origin().equals(origin) && response.groups().contains(group);
      case Selection.All all -> (key, response) -> true;
    };
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
    long bytes =
        memory.policy().eviction().map(policy -> policy.weightedSize().orElse(0)).orElse(0L);
    return new Figures(
        bytes,
        memory.estimatedSize(),
        filling.get(),
        evicted.sum(),
        unstored.sum(),
        disk == null ? null : disk.figures());
  }

  /** Lets go of everything; the disk is closed with its index written. */
  public Future<Void> close() {
    List<Entry> all = new ArrayList<>();
    memory.asMap().values().forEach(variants -> all.addAll(variants.entries()));
    memory.invalidateAll();
    all.forEach(entry -> entry.content().release());
    return disk == null ? Future.succeededFuture() : disk.close();
  }
}
