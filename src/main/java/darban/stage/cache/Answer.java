package darban.stage.cache;

import darban.base.Failure;
import darban.base.Kind;
import darban.caching.CacheStatus;
import darban.caching.StoredResponse;
import darban.caching.Validation;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Representation;
import darban.flow.Body;
import darban.http.Conditions;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.Ranges;
import darban.http.RequestHead;
import darban.store.Content;
import darban.store.ContentReader;
import darban.store.Entry;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the answer to one request out of an entry. Event loop. */
final class Answer {
  /** Runs of missing slices that are asked for one by one; the last reaches over the rest. */
  private static final int MOST_RUNS = 3;

  /** Bytes that are verified before the head goes out, where they could not be fetched again. */
  private static final long MOST_VERIFIED = 16 << 20;

  private final Context context;
  private final Exchange exchange;
  private final Entry entry;
  private final CacheStatus status;
  private final Fields own;
  private final long now;

  /** Where it ends what is to be fetched behind the part that is asked for; -1 for nothing. */
  private long ahead = -1;

  /** An answer that says {@code own} to this client besides what is stored. */
  Answer(Context context, Exchange exchange, Entry entry, CacheStatus status, Fields own) {
    this.context = context;
    this.exchange = exchange;
    this.entry = entry;
    this.status = status;
    this.own = own;
    this.now = exchange.loop().ticker().millis();
  }

  /**
   * The answer; fails with {@link Gone} when the entry turns out to be of no use: then whoever
   * asked looks again.
   */
  Future<Reply> reply() {
    RequestHead request = exchange.request();
    StoredResponse response = entry.response();
    Fields fields = fields(response);
    if (request.method() == Method.HEAD && response.status() != 200) {
      return Future.succeededFuture(head(response.status(), fields));
    }
    if (response.status() != 200) {
      return content(Optional.empty(), () -> whole(response.status(), fields));
    }
    Conditions.Outcome outcome = Validation.conditions(request, response, now);
    if (outcome != Conditions.Outcome.PROCEED) {
      boolean same = outcome == Conditions.Outcome.NOT_MODIFIED;
      return Future.succeededFuture(Reply.empty(same ? 304 : 412, Validation.notModified(fields)));
    }
    if (request.method() == Method.HEAD) {
      return Future.succeededFuture(head(200, fields));
    }
    ByteBuf all = request.fields().has(FieldName.RANGE) ? null : entry.content().memory();
    if (all != null) {
      // Most answers end here.
      tellLag();
      return Future.succeededFuture(new Reply.Message(200, fields, new Body.Bytes(all)));
    }
    Representation representation =
        new Representation(
            fields,
            entry.content().length(),
            response.etag(),
            response.lastModified() < 0 ? null : Instant.ofEpochMilli(response.lastModified()));
    Optional<List<Ranges.Part>> parts = representation.parts(request, Instant.ofEpochMilli(now));
    return content(parts, () -> representation.inParts(exchange, parts, this::part));
  }

  /** An answer with content, once that is known to be right and what is missing is on its way. */
  private Future<Reply> content(Optional<List<Ranges.Part>> parts, Supplier<Reply> answer) {
    Ranges.Part all = span(parts);
    boolean sure =
        entry.response().isResumable()
            || all.length() > MOST_VERIFIED
            || entry.content().isVerified(all.first(), all.last() + 1);
    if (sure) {
      return complete(parts, answer);
    }
    // Damage could not be mended when the head has gone out.
    Promise<@Nullable Void> verified = exchange.loop().context().promise();
    entry.content().verify(all.first(), all.last() + 1, verified::complete);
    return verified.future().compose(done -> complete(parts, answer));
  }

  private Ranges.Part span(Optional<List<Ranges.Part>> parts) {
    List<Ranges.Part> all = parts.orElse(List.of());
    return all.isEmpty()
        ? new Ranges.Part(0, entry.content().length() - 1)
        : new Ranges.Part(all.getFirst().first(), all.getLast().last());
  }

  private Future<Reply> complete(Optional<List<Ranges.Part>> parts, Supplier<Reply> answer) {
    List<long[]> missing = missing(parts);
    if (missing.isEmpty()) {
      return Future.succeededFuture(answer.get());
    }
    if (!entry.response().isResumable()) {
      return Future.failedFuture(new Gone());
    }
    List<Future<Boolean>> fetched = new ArrayList<>(missing.size());
    for (long[] run : missing) {
      fetched.add(PartFetch.start(context, exchange, entry, run));
    }
    return Future.all(fetched).map(all -> answer.get());
  }

  private Fields fields(StoredResponse response) {
    return status.addTo(response.answerFields(now).addAll(own)).build();
  }

  private Reply head(int code, Fields fields) {
    long length = entry.content().length();
    Fields.Builder sized = fields.toBuilder();
    if (length >= 0) {
      sized.set(FieldName.CONTENT_LENGTH, Long.toString(length));
    }
    return Reply.empty(code, sized.build());
  }

  private Reply whole(int code, Fields fields) {
    return new Reply.Message(code, fields, part(0, entry.content().length()));
  }

  /** Of a live stream: how long what came at once took to a client who had waited for it. */
  private void tellLag() {
    long started = exchange.timeline().started();
    long lag =
        context.edge() == null
            ? -1
            : entry.content().arrivals().lag(started, exchange.loop().nanos());
    LongConsumer lags = lag < 0 ? null : lags();
    if (lags != null) {
      lags.accept(lag);
    }
  }

  private @Nullable LongConsumer lags() {
    LiveEdge edge = context.edge();
    return edge == null ? null : edge.lags(exchange, entry.key().cache());
  }

  private Body part(long from, long to) {
    ContentReader.Fetcher fetcher =
        (start, end) -> PartFetch.missing(context, exchange, entry, start, end);
    Body body =
        ahead < 0 ? entry.body(exchange.loop(), from, to, fetcher) : inSequence(from, to, fetcher);
    if (body == null) {
      throw new Gone();
    }
    LongConsumer lags = body instanceof ContentReader ? lags() : null;
    if (lags != null) {
      ((ContentReader) body).tell(lags, exchange.timeline().started());
    }
    return body;
  }

  /**
   * A part whose client will ask for what follows, of which something is missing: that is fetched
   * when he is near, so that whoever reads slowly has no more fetched ahead of him than anybody.
   */
  private @Nullable ContentReader inSequence(long from, long to, ContentReader.Fetcher fetcher) {
    ContentReader reader = entry.reader(exchange.loop(), from, to, fetcher);
    if (reader != null) {
      reader.near(
          context.store().readAhead(),
          () -> PartFetch.missing(context, exchange, entry, to, ahead));
    }
    return reader;
  }

  /** What nobody brings yet of what is asked for now; of what will be next notes where it ends. */
  private List<long[]> missing(Optional<List<Ranges.Part>> parts) {
    Content content = entry.content();
    long length = content.length();
    if (length < 0 || !content.isInFile()) {
      return List.of();
    }
    List<Ranges.Part> wanted = parts.orElse(List.of(new Ranges.Part(0, length - 1)));
    if (parts.isPresent() && wanted.size() == 1) {
      Ranges.Part part = wanted.getFirst();
      long end = part.last() + 1;
      boolean inSequence = content.continues(part.first(), end) && entry.response().isResumable();
      long far = inSequence ? Math.min(length, end + context.store().readAhead()) : end;
      List<long[]> runs = content.missing(part.first(), far, MOST_RUNS);
      List<long[]> now = runs.stream().filter(run -> run[0] < end).toList();
      ahead = now.size() < runs.size() ? far : -1;
      return now;
    }
    List<long[]> runs = new ArrayList<>(1);
    for (Ranges.Part part : wanted) {
      runs.addAll(content.missing(part.first(), part.last() + 1, MOST_RUNS));
    }
    return runs;
  }

  /** The entry was evicted, purged or found outdated before anything of it was sent. */
  static final class Gone extends RuntimeException {
    private static final long serialVersionUID = 1;

    Gone() {
      super("stored response is gone", null, false, false);
    }

    /** For whoever cannot look again. */
    static Failure failure() {
      return Failure.of(Kind.RESPONSE_INCOMPLETE, "the response changed meanwhile");
    }
  }
}
