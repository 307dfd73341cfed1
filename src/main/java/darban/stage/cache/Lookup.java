package darban.stage.cache;

import darban.base.Failure;
import darban.caching.CacheStatus;
import darban.caching.Forward;
import darban.caching.Reuse;
import darban.caching.StoredResponse;
import darban.caching.Verdict;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.store.Entry;
import darban.store.Flights;
import darban.store.Flights.Landing;
import darban.store.Key;
import darban.store.Loan;
import darban.store.Variants;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One GET or HEAD on its way through the cache. Event loop of its exchange. */
final class Lookup {
  /** Looking again after an entry vanished under our hands; then the origin is asked directly. */
  private static final int MOST_LOOKS = 3;

  private final Context context;
  private final Exchange exchange;
  private final Key key;
  private int looks;

  Lookup(Context context, Exchange exchange, Key key) {
    this.context = context;
    this.exchange = exchange;
    this.key = key;
  }

  Future<Reply> reply() {
    return look(context.store().find(key), false);
  }

  /** A request that may change something. */
  Future<Reply> unsafe() {
    return new Fetch(context, exchange, key, null, Forward.METHOD, 0)
        .unsafe()
        .compose(outcome -> finish(outcome, "bypass"));
  }

  private Future<Reply> look(Variants variants, boolean loaded) {
    RequestHead request = exchange.request();
    long now = now();
    return switch (Reuse.judge(request, variants.responses(), context.policy(), now)) {
      case Verdict.Fresh(StoredResponse stored) ->
          answer(used(variants.entryOf(stored)), "hit", hit(stored, now), Fields.NONE);
      case Verdict.Stale(StoredResponse stored, boolean refresh) -> {
        Entry entry = used(variants.entryOf(stored));
        if (refresh) {
          refresh(variants, entry);
        }
        yield answer(entry, "stale", hit(stored, now), Fields.NONE);
      }
      case Verdict.Validate(StoredResponse stored, Forward why, long staleUntil) ->
          forward(variants, variants.entryOf(stored), why, staleUntil);
      case Verdict.Miss(Forward why) ->
          !loaded && context.store().mayLoad(key, variants)
              ? load()
              : forward(variants, null, why, 0);
      case Verdict.Bypass(Forward why) -> pass(why);
      case Verdict.GatewayTimeout none -> {
        if (!loaded && context.store().mayLoad(key, variants)) {
          yield load();
        }
        note("miss");
        yield Future.succeededFuture(
            noted(
                Reply.text(504, "text/plain; charset=utf-8", "504 Gateway Timeout: not stored\n"),
                CacheStatus.forwarded(Forward.MISS).detail("only-if-cached")));
      }
    };
  }

  private Entry used(Entry entry) {
    context.store().used(entry);
    return entry;
  }

  private Future<Reply> load() {
    Promise<Loan> here = exchange.loop().context().promise();
    context.store().load(key).onComplete(here);
    return here.future()
        .compose(loan -> look(loan.variants(), true).onComplete(answered -> loan.close()));
  }

  private long now() {
    return exchange.loop().ticker().millis();
  }

  private static CacheStatus hit(StoredResponse stored, long now) {
    return CacheStatus.hit(Math.floorDiv(stored.freshness().remaining(now), 1000));
  }

  /** Answers by an entry; looks again if it vanishes before anything was sent. */
  private Future<Reply> answer(Entry entry, String word, CacheStatus status, Fields own) {
    note(word);
    Future<Reply> reply;
    try {
      reply = new Answer(context, exchange, entry, told(status), own).reply();
    } catch (Answer.Gone gone) {
      reply = Future.failedFuture(gone);
    }
    if (reply.succeeded()) {
      return worded(reply, word);
    }
    return reply
        .map(made -> worded(made, word))
        .recover(
            failed -> failed instanceof Answer.Gone ? again(entry) : Future.failedFuture(failed));
  }

  private Future<Reply> again(Entry entry) {
    if (++looks == MOST_LOOKS) {
      return new Fetch(context, exchange, key, null, Forward.MISS, 0)
          .alone()
          .compose(outcome -> finish(outcome, "bypass"));
    }
    Variants variants = context.store().find(key);
    if (variants.holds(entry)) {
      context.store().remove(entry);
      variants = context.store().find(key);
    }
    return look(variants, looks > 1);
  }

  /** Passes the request on as it is, with its body if it has one. */
  private Future<Reply> pass(Forward why) {
    note("bypass");
    return context
        .next()
        .serve(exchange)
        .map(reply ->
            worded(noted(reply, CacheStatus.forwarded(why).status(reply.status())), "bypass"));
  }

  // Asking the origin

  private Future<Reply> forward(
      Variants judged, @Nullable Entry stale, Forward why, long staleUntil) {
    if (exchange.request().method() == Method.HEAD) {
      return new Fetch(context, exchange, key, stale, why, staleUntil).head().compose(this::finish);
    }
    if (context.store().flights().isLone(key)) {
      Fetch fetch = new Fetch(context, exchange, key, stale, why, staleUntil);
      return (stale == null ? fetch.direct() : fetch.whole(null)).compose(this::finish);
    }
    Promise<Reply> followed = exchange.loop().context().promise();
    Flights.Flight flight =
        context
            .store()
            .flights()
            .lead(
                id(stale),
                exchange.loop(),
                landing -> landed(landing, why, staleUntil).onComplete(followed));
    if (flight == null) {
      return followed.future();
    }
    Variants now = context.store().find(key);
    if (now.haveMoreThan(judged)) {
      // Another flight landed after we looked and before ours began.
      flight.land(new Landing.Here());
      return look(now, true);
    }
    return new Fetch(context, exchange, key, stale, why, staleUntil)
        .whole(flight)
        .compose(this::finish);
  }

  /** Requests that the same answer will do for have the same. */
  private String id(@Nullable Entry stale) {
    if (stale != null) {
      return key.text() + '\n' + stale.response().vary().normalText();
    }
    Variants variants = context.store().find(key);
    if (variants.entries().isEmpty()) {
      return key.text();
    }
    StringBuilder id = new StringBuilder(key.text()).append('\n');
    var vary = variants.responses().getFirst().vary();
    for (int i = 0; i < vary.size(); i++) {
      id.append(exchange.request().fields().joined(vary.name(i))).append('\n');
    }
    return id.toString();
  }

  private Future<Reply> finish(Fetch.Outcome outcome) {
    return finish(outcome, null);
  }

  private Future<Reply> finish(Fetch.Outcome outcome, @Nullable String otherWord) {
    return switch (outcome) {
      case Fetch.Outcome.Usable(Entry entry, String word, CacheStatus status, Fields own) ->
          answer(entry, word, status, own);
      case Fetch.Outcome.Direct(Reply reply, String its, CacheStatus status) -> {
        String word = otherWord == null ? its : otherWord;
        note(word);
        yield Future.succeededFuture(worded(noted(reply, status), word));
      }
    };
  }

  /** What another request brought. */
  private Future<Reply> landed(Landing landing, Forward why, long staleUntil) {
    return switch (landing) {
      case Landing.Stored(Entry entry, long since)
          when isFor(entry) && !context.store().isPurged(entry, since) ->
          answer(entry, "collapsed", CacheStatus.forwarded(why).collapsed(), Fields.NONE);
      case Landing.Stale(Entry entry, long since)
          when now() < staleUntil && isSelected(entry) && !context.store().isPurged(entry, since) ->
          answer(entry, "stale", hit(entry.response(), now()).detail("origin failed"), Fields.NONE);
      case Landing.Here here -> look(context.store().find(key), true);
      case Landing.Failed(Failure failed) -> Future.failedFuture(failed);
      default -> new Fetch(context, exchange, key, null, why, 0).direct().compose(this::finish);
    };
  }

  private boolean isSelected(Entry entry) {
    return entry.response().vary().matches(exchange.request().fields());
  }

  private boolean isFor(Entry entry) {
    long now = now();
    var freshness = entry.response().freshness();
    return isSelected(entry)
        && !freshness.noCache()
        && (freshness.isFresh(now) || freshness.usableWhileRevalidated(now));
  }

  /** Validates in the background; one request at a time does. */
  private void refresh(Variants judged, Entry stale) {
    Flights.Flight flight =
        context.store().flights().lead(id(stale), exchange.loop(), landing -> {});
    if (flight == null) {
      return;
    }
    if (context.store().find(key).haveMoreThan(judged)) {
      flight.land(new Landing.Here());
    } else {
      new Fetch(context, exchange, key, stale, Forward.STALE, 0).refresh(flight);
    }
  }

  // Telling

  private void note(String word) {
    exchange.cached(word);
  }

  private CacheStatus told(CacheStatus status) {
    return context.telling().key() ? status.key(key.cache()) : status;
  }

  private Reply noted(Reply reply, CacheStatus status) {
    return reply.withFields(told(status).addTo(reply.fields().toBuilder()).build());
  }

  private Future<Reply> worded(Future<Reply> made, String word) {
    return context.telling().verdict().isEmpty()
        ? made
        : Future.succeededFuture(worded(made.result(), word));
  }

  private Reply worded(Reply reply, String word) {
    return context
        .telling()
        .verdict()
        .map(name -> reply.fields().toBuilder().set(name, word.toUpperCase(Locale.ROOT)).build())
        .map(reply::withFields)
        .orElse(reply);
  }
}
