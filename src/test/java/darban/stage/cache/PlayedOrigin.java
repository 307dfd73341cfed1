package darban.stage.cache;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Conditions;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.Ranges;
import darban.http.RequestHead;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * An origin by the letter of RFC 9110, slow and unreliable: it answers after some turns, piece by
 * piece, and now and then not at all. It writes everything into the {@link Ledger}.
 */
final class PlayedOrigin implements Endpoint {
  /** Whose request it was, by its own words. */
  static final FieldName CLIENT = FieldName.of("X-Client");

  private final Ledger ledger;
  private final SplittableRandom random;
  private final List<Resource> resources = new ArrayList<>();
  private int unreliable = 40;

  PlayedOrigin(int urls, Ledger ledger, SplittableRandom random, Instant now) {
    this.ledger = ledger;
    this.random = random;
    for (int i = 0; i < urls; i++) {
      resources.add(new Resource(i, random));
      resources.getLast().change(now.getEpochSecond());
    }
  }

  Resource resource(int url) {
    return resources.get(url);
  }

  /** One in so many exchanges breaks from now on. */
  void unreliable(int oneIn) {
    unreliable = oneIn;
  }

  static String path(int url) {
    return "/" + url % 8 + "/" + url;
  }

  private static int url(RequestHead request) {
    String path = request.target().path();
    return Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    exchange.takeBody().discard(Failure.of(Kind.CLIENT_GONE, "not wanted"));
    Fields fields = exchange.request().fields();
    String client = fields.get(CLIENT);
    String control = fields.get(FieldName.CACHE_CONTROL);
    Ledger.Fetch fetch =
        new Ledger.Fetch(
            client == null ? 0 : Long.parseLong(client),
            ledger.next(),
            fields.has(FieldName.AUTHORIZATION),
            control != null && control.contains("no-store"));
    Promise<Reply> promise = exchange.loop().context().promise();
    boolean[] cancelled = {false};
    exchange.onCancel(gone -> cancelled[0] = true);
    later(
        exchange.loop(),
        random.nextInt(6),
        () -> {
          // As with a real one, nobody hears of what was cancelled.
          if (!cancelled[0]) {
            answer(exchange, fetch, promise);
          }
        });
    return promise.future();
  }

  private static void later(Loop loop, int turns, Runnable task) {
    loop.execute(turns == 0 ? task : () -> later(loop, turns - 1, task));
  }

  private void answer(Exchange exchange, Ledger.Fetch fetch, Promise<Reply> promise) {
    RequestHead request = exchange.request();
    int url = url(request);
    if (random.nextInt(unreliable) == 0) {
      ledger.broke(url);
      if (random.nextBoolean()) {
        promise.fail(Failure.of(Kind.CONNECTION_TERMINATED, "played"));
      } else {
        promise.complete(Reply.text(503, "text/plain", "played"));
      }
      return;
    }
    Instant now = exchange.loop().ticker().now();
    if (request.method().equals(Method.POST)) {
      if (random.nextBoolean()) {
        resources.get(url).change(now.getEpochSecond());
      }
      Ledger.Purge purge = ledger.purging(each -> each.url() == url, false, false);
      promise.complete(Reply.text(200, "text/plain", "changed"));
      purge.done();
      return;
    }
    String language = request.fields().get(FieldName.of("Accept-Language"));
    Revision revision =
        resources.get(url).answering(language == null ? "fa" : language, fetch.client());
    ledger.answered(revision, fetch, now);
    promise.complete(reply(exchange, revision, now));
  }

  private Reply reply(Exchange exchange, Revision revision, Instant now) {
    RequestHead request = exchange.request();
    Fields fields = revision.fields(now);
    if (revision.status() == 200) {
      Conditions.Outcome outcome =
          Conditions.judge(request, revision.etag(), revision.modified(), now);
      if (outcome != Conditions.Outcome.PROCEED) {
        return Reply.empty(outcome == Conditions.Outcome.NOT_MODIFIED ? 304 : 412, fields);
      }
    }
    Optional<List<Ranges.Part>> parts = parts(request, revision, now);
    if (parts.isPresent() && parts.get().isEmpty()) {
      return Reply.empty(
          416,
          fields.toBuilder().add(FieldName.CONTENT_RANGE, "bytes */" + revision.length()).build());
    }
    if (parts.isPresent() && parts.get().size() == 1) {
      Ranges.Part part = parts.get().getFirst();
      Fields partial =
          fields.toBuilder()
              .add(FieldName.CONTENT_RANGE, part.contentRange(revision.length()))
              .add(FieldName.CONTENT_LENGTH, Long.toString(part.length()))
              .build();
      return new Reply.Message(
          206, partial, body(exchange.loop(), revision, (int) part.first(), (int) part.last() + 1));
    }
    return whole(exchange, revision, fields);
  }

  private static Optional<List<Ranges.Part>> parts(
      RequestHead request, Revision revision, Instant now) {
    String range = request.fields().get(FieldName.RANGE);
    return range != null
            && request.method() == Method.GET
            && revision.status() == 200
            && revision.look().ranges()
            && Conditions.rangeApplies(request.fields(), revision.etag(), revision.modified(), now)
        ? Ranges.parse(range, revision.length())
        : Optional.empty();
  }

  private Reply whole(Exchange exchange, Revision revision, Fields fields) {
    boolean head = exchange.request().method() == Method.HEAD;
    if (head && revision.etag() == null) {
      // Without any validator the answer to HEAD would confirm whatever is stored (RFC 9111
      // §4.3.5).
      fields = fields.toBuilder().add(FieldName.ETAG, '"' + revision.name() + '"').build();
    }
    Fields sized =
        revision.look().chunked()
            ? fields
            : fields.toBuilder()
                .add(FieldName.CONTENT_LENGTH, Integer.toString(revision.length()))
                .build();
    return new Reply.Message(
        revision.status(),
        sized,
        head ? Body.NONE : body(exchange.loop(), revision, 0, revision.length()));
  }

  private Body body(Loop loop, Revision revision, int from, int to) {
    if (!revision.look().chunked() && random.nextInt(5) == 0) {
      return to == from ? Body.NONE : new Body.Bytes(revision.bytes(from, to - from));
    }
    boolean cut = random.nextInt(unreliable) == 0;
    int breaksAt = cut ? from + random.nextInt(to - from + 1) : Integer.MAX_VALUE;
    return new Pieces(loop, revision, from, to, breaksAt);
  }

  /** A body that comes in pieces of random size, each in a turn of its own. */
  private final class Pieces extends Body.Stream {
    private final Loop loop;
    private final Revision revision;
    private final int from;
    private final int to;
    private final int breaksAt;
    private final int most;
    private int position;
    private boolean paused;
    private boolean going;
    private boolean over;
    private @Nullable Sink sink;

    Pieces(Loop loop, Revision revision, int from, int to, int breaksAt) {
      this.loop = loop;
      this.revision = revision;
      this.from = from;
      this.position = from;
      this.to = to;
      this.breaksAt = breaksAt;
      this.most = 1 + random.nextInt(40_000);
    }

    @Override
    public long length() {
      return revision.look().chunked() ? -1 : to - from;
    }

    @Override
    public void open(Sink sink) {
      if (this.sink != null) {
        throw new IllegalStateException("opened twice");
      }
      this.sink = sink;
      proceed();
    }

    @Override
    public void pause() {
      paused = true;
    }

    @Override
    public void resume() {
      paused = false;
      proceed();
    }

    @Override
    public void cancel(Failure why) {
      over = true;
    }

    private void proceed() {
      if (!going && !over && sink != null) {
        going = true;
        later(loop, random.nextInt(3), this::step);
      }
    }

    private void step() {
      going = false;
      Sink to = java.util.Objects.requireNonNull(sink);
      if (over || paused) {
        return;
      }
      if (position >= breaksAt) {
        over = true;
        ledger.broke(revision.url());
        to.fail(Failure.of(Kind.RESPONSE_INCOMPLETE, "played"));
      } else if (position == this.to) {
        over = true;
        to.end(Fields.NONE);
      } else {
        int n = Math.min(1 + random.nextInt(most), Math.min(breaksAt, this.to) - position);
        int at = position;
        position += n;
        to.data(revision.bytes(at, n));
        to.flush();
        proceed();
      }
    }
  }
}
