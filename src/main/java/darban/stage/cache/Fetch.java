package darban.stage.cache;

import darban.base.Failure;
import darban.base.Kind;
import darban.caching.CachePolicy;
import darban.caching.CacheStatus;
import darban.caching.Forward;
import darban.caching.Invalidation;
import darban.caching.Reuse;
import darban.caching.Storability;
import darban.caching.StoredResponse;
import darban.caching.Timing;
import darban.caching.Validation;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Loop;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.Ranges;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.observe.Timeline;
import darban.store.Entry;
import darban.store.Filling;
import darban.store.Flights.Flight;
import darban.store.Flights.Landing;
import darban.store.Key;
import darban.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Asks the origin for one request, and stores what may be stored. Event loop. */
final class Fetch {
  /** What became of it, for the client that caused it. */
  sealed interface Outcome {
    /**
     * An entry that answers.
     *
     * @param own fields for this client besides those that are stored
     */
    record Usable(Entry entry, String word, CacheStatus status, Fields own) implements Outcome {}

    /** The origin's own answer. */
    record Direct(Reply reply, String word, CacheStatus status) implements Outcome {}
  }

  private static final Logger LOG = Logger.getLogger("darban.cache");

  private final Context context;
  private final Store store;
  private final Exchange exchange;
  private final Loop loop;
  private final Key key;
  private final @Nullable Entry stale;
  private final Forward why;
  private final long staleUntil;
  private final long since;
  private final long requested;
  private Timeline timeline;

  /**
   * Prepares.
   *
   * @param stale what is to be validated; null for nothing
   * @param staleUntil until when it answers if the origin fails, epoch milliseconds
   */
  Fetch(
      Context context,
      Exchange exchange,
      Key key,
      @Nullable Entry stale,
      Forward why,
      long staleUntil) {
    this.context = context;
    this.store = context.store();
    this.exchange = exchange;
    this.loop = exchange.loop();
    this.key = key;
    this.stale = stale;
    this.why = why;
    this.staleUntil = staleUntil;
    this.since = store.now();
    this.requested = now();
    this.timeline = exchange.timeline();
  }

  private static Failure notWanted() {
    return Failure.of(Kind.CLIENT_GONE, "nobody waits for it");
  }

  private long now() {
    return loop.ticker().millis();
  }

  // The ways to ask

  /** The client's request as it is, conditions and ranges included; what may be is stored. */
  Future<Outcome> direct() {
    RequestHead request = exchange.request();
    return ask(request, null).map(reply -> direct(request, reply));
  }

  /** The client's request as it is; nothing is stored. */
  Future<Outcome> alone() {
    return ask(exchange.request(), null).map(this::passed);
  }

  private Outcome direct(RequestHead request, Reply reply) {
    if (!(reply instanceof Reply.Message message)) {
      return passed(reply);
    }
    // The answer to a condition or a range is the client's alone.
    boolean plain = reply.status() != 304 && reply.status() != 206 && reply.status() != 416;
    Filling filling = plain ? filling(request, message, since) : null;
    if (filling != null) {
      return filled(filling, message, null);
    }
    if (plain && reply.status() < 500) {
      store.flights().markLone(key);
    }
    return passed(reply);
  }

  /** A request that may change something: what it makes worthless is removed (RFC 9111 §4.4). */
  Future<Outcome> unsafe() {
    RequestHead request = exchange.request();
    return context
        .next()
        .serve(exchange)
        .map(reply -> {
          ResponseHead head = new ResponseHead(reply.status(), reply.fields());
          Invalidation.of(request, key.cache(), head, context.policy().key())
              .ifPresent(gone -> Invalidate.all(context, key, gone));
          Filling filling =
              reply instanceof Reply.Message message && request.method() == Method.POST
                  ? filling(request, message, store.now())
                  : null;
          return filling == null ? passed(reply) : filled(filling, (Reply.Message) reply, null);
        });
  }

  /** HEAD: its answer is not stored, but tells whether what is stored is right. */
  Future<Outcome> head() {
    Entry old = stale;
    if (old == null) {
      return alone();
    }
    RequestHead request = Validation.request(exchange.request(), old.response());
    return ask(request, null)
        .compose(reply -> {
          Optional<Validated> fresh = validated(old, request, reply);
          if (fresh.isPresent()) {
            return Future.succeededFuture(
                usable(fresh.get().entry(), "revalidated", status(reply), reply));
          }
          // A 304 to a question that the client did not ask.
          return reply.status() == 304 ? alone() : Future.succeededFuture(passed(reply));
        });
  }

  /** A complete answer for all who wait, or the one we have if it is still right. */
  Future<Outcome> whole(@Nullable Flight flight) {
    Entry old = stale;
    RequestHead request =
        old == null ? unconditional() : Validation.request(exchange.request(), old.response());
    return ask(request, flight)
        .compose(reply -> answered(request, reply, flight))
        .recover(failed -> {
          Failure failure = Failure.from(failed);
          if (old != null && standsIn(old)) {
            return Future.succeededFuture(instead(old, failure.kind().errorType(), flight));
          }
          land(flight, new Landing.Failed(failure));
          return Future.failedFuture(failure);
        });
  }

  /** Validates what was just used although it is stale. */
  void refresh(Flight flight) {
    timeline = new Timeline(loop.nanos());
    whole(flight)
        .onSuccess(outcome -> {
          if (outcome instanceof Outcome.Direct direct) {
            direct.reply().discard(notWanted());
          }
        })
        // It stays stale, and the next one who uses it tries again.
        .onFailure(
            failed -> LOG.log(Level.FINE, "refresh of {0}: {1}", new Object[] {key, failed}));
  }

  private Future<Reply> ask(RequestHead request, @Nullable Flight flight) {
    Exchange own =
        Exchange.background(
            exchange,
            request,
            timeline,
            interim -> {
              if (!exchange.over()) {
                exchange.interim(interim);
              }
            });
    Promise<Reply> promise = loop.context().promise();
    exchange.onCancel(gone -> {
      if (flight == null || flight.abandon()) {
        own.abandon(gone);
        // Whoever was given up says nothing more.
        promise.tryFail(gone);
      }
    });
    context
        .next()
        .serve(own)
        .onSuccess(reply -> {
          if (!promise.tryComplete(reply)) {
            reply.discard(notWanted());
          }
        })
        .onFailure(promise::tryFail);
    return promise.future();
  }

  /** The client's request without its conditions; its range grown to slices where we keep those. */
  private RequestHead unconditional() {
    RequestHead request = exchange.request();
    String range = request.fields().get(FieldName.RANGE);
    Fields.Builder fields =
        request
            .fields()
            .filtered(name ->
                name != FieldName.RANGE
                    && name != FieldName.IF_RANGE
                    && name != FieldName.IF_NONE_MATCH
                    && name != FieldName.IF_MODIFIED_SINCE);
    if (range != null && store.keepsParts()) {
      Optional<String> grown = SliceRange.around(range, store.sliceBytes());
      grown.ifPresent(value -> fields.add(FieldName.RANGE, value));
    }
    return request.withFields(fields.build());
  }

  // What came

  private Future<Outcome> answered(RequestHead request, Reply reply, @Nullable Flight flight) {
    Entry old = stale;
    if (!(reply instanceof Reply.Message message)) {
      land(flight, new Landing.Alone());
      return Future.succeededFuture(passed(reply));
    }
    if (old != null && reply.status() == 304) {
      return confirmed(old, request, message, flight);
    }
    if (old != null && Reuse.isFailure(reply.status()) && standsIn(old)) {
      reply.discard(notWanted());
      return Future.succeededFuture(instead(old, "status " + reply.status(), flight));
    }
    Filling filling = filling(request, message, since);
    if (filling != null) {
      return Future.succeededFuture(filled(filling, message, flight));
    }
    if (old != null && reply.status() < 500) {
      store.remove(old);
    }
    if (reply.status() != 416 && reply.status() < 500) {
      store.flights().markLone(key);
    }
    land(flight, new Landing.Alone());
    if (Narrow.misses(exchange, request.fields(), reply.status())) {
      reply.discard(notWanted());
      return direct();
    }
    return reply.status() == 206 ? narrowed(message) : Future.succeededFuture(passed(reply));
  }

  /** A 304: what is stored is right, or the origin speaks of something else. */
  private Future<Outcome> confirmed(
      Entry old, RequestHead request, Reply.Message reply, @Nullable Flight flight) {
    Optional<Validated> fresh = validated(old, request, reply);
    reply.discard(notWanted());
    if (fresh.isEmpty()) {
      store.remove(old);
      return new Fetch(context, exchange, key, null, why, 0).whole(flight);
    }
    Entry entry = fresh.get().entry();
    land(flight, fresh.get().kept() ? new Landing.Stored(entry, since) : new Landing.Alone());
    return Future.succeededFuture(usable(entry, "revalidated", status(reply), reply));
  }

  /** An entry as the origin's answer leaves it, for all or for this one client. */
  private record Validated(Entry entry, boolean kept) {}

  /** The entry as the origin's answer leaves it; empty if that says nothing good of it. */
  private Optional<Validated> validated(Entry old, RequestHead request, Reply reply) {
    ResponseHead head = new ResponseHead(reply.status(), reply.fields());
    Timing timing = context.timing(key, requested, now());
    CachePolicy policy = context.policy(key, head);
    return switch (Validation.judge(old.response(), request, head, timing, policy)) {
      case Validation.Outcome.Freshened(StoredResponse stored, boolean keep) ->
          Optional.of(
              new Validated(
                  keep ? store.freshen(old, stored, since) : store.unstored(old, stored), keep));
      case Validation.Outcome.Sign sign -> {
        if (sign == Validation.Outcome.Sign.OUTDATED) {
          store.remove(old);
        }
        yield Optional.empty();
      }
    };
  }

  /** Whether what is stored may answer although the origin fails. */
  private boolean standsIn(Entry old) {
    return now() < staleUntil && !store.isPurged(old, since);
  }

  private Outcome instead(Entry old, String reason, @Nullable Flight flight) {
    land(flight, new Landing.Stale(old, since));
    long ttl = Math.floorDiv(old.response().freshness().remaining(now()), 1000);
    return new Outcome.Usable(old, "stale", CacheStatus.hit(ttl).detail(reason), Fields.NONE);
  }

  /** Begins to store an answer; null when it may not or cannot be stored. */
  private @Nullable Filling filling(RequestHead request, Reply.Message reply, long asked) {
    ResponseHead head = new ResponseHead(reply.status(), withLength(reply));
    Timing timing = context.timing(key, requested, now());
    CachePolicy policy = context.policy(key, head);
    Storability storability = Storability.of(request, key.cache(), head, timing, policy);
    if (!(storability instanceof Storability.Store(StoredResponse response, Ranges.Part part))
        || !store.isWanted(key, policy.admission().minUses())) {
      return null;
    }
    return part != null && !SliceRange.isAligned(part, response, store.sliceBytes())
        ? null
        : store.begin(key, response, part, response.isResumable(), asked);
  }

  /** Versions 2 and 3 need no Content-Length where the body tells its length itself. */
  private static Fields withLength(Reply.Message reply) {
    long length = reply.body().length();
    return length < 0 || reply.fields().has(FieldName.CONTENT_LENGTH)
        ? reply.fields()
        : reply.fields().toBuilder().add(FieldName.CONTENT_LENGTH, Long.toString(length)).build();
  }

  private Outcome filled(Filling filling, Reply.Message reply, @Nullable Flight flight) {
    store.flights().markShared(key);
    land(flight, new Landing.Stored(filling.entry(), since));
    CacheStatus status =
        status(reply)
            .stored()
            .ttl(Math.floorDiv(filling.entry().response().freshness().remaining(now()), 1000));
    // Not before whoever waits has begun to read, or it would look as if nobody did.
    if (filling.isSmall()) {
      filling.start(loop, reply.body());
    } else {
      loop.execute(() -> filling.start(loop, reply.body()));
    }
    return usable(filling.entry(), "miss", status, reply);
  }

  /** Of an answer to a grown range that cannot be stored, the part that the client asked for. */
  private Future<Outcome> narrowed(Reply.Message reply) {
    Reply narrow = Narrow.of(store, exchange, reply);
    if (narrow == null) {
      reply.discard(notWanted());
      return direct();
    }
    return Future.succeededFuture(new Outcome.Direct(narrow, "miss", status(reply)));
  }

  private static Outcome usable(Entry entry, String word, CacheStatus status, Reply brought) {
    return new Outcome.Usable(entry, word, status, Storability.forWhoAsked(brought.fields()));
  }

  private Outcome passed(Reply reply) {
    return new Outcome.Direct(reply, "miss", status(reply));
  }

  private CacheStatus status(Reply reply) {
    return CacheStatus.forwarded(why).status(reply.status());
  }

  private static void land(@Nullable Flight flight, Landing landing) {
    if (flight != null) {
      flight.land(landing);
    }
  }
}
