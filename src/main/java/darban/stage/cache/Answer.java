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
import darban.store.Entry;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the answer to one request out of an entry. Event loop. */
final class Answer {
  /** Runs of missing slices that are asked for one by one; the last reaches over the rest. */
  private static final int MOST_RUNS = 3;

  private final Context context;
  private final Exchange exchange;
  private final Entry entry;
  private final CacheStatus status;
  private final Fields own;
  private final long now;

  /** An answer that says {@code own} to this client besides what is stored. */
  Answer(Context context, Exchange exchange, Entry entry, CacheStatus status, Fields own) {
    this.context = context;
    this.exchange = exchange;
    this.entry = entry;
    this.status = status;
    this.own = own;
    this.now = exchange.loop().ticker().now().toEpochMilli();
  }

  /**
   * The answer; fails with {@link Gone} when the entry turns out to be of no use: then whoever
   * asked looks again.
   */
  Future<Reply> reply() {
    RequestHead request = exchange.request();
    StoredResponse response = entry.response();
    Fields fields = fields(response);
    if (response.status() != 200) {
      return whole(response.status(), fields);
    }
    Conditions.Outcome outcome = Validation.conditions(request, response, now);
    if (outcome != Conditions.Outcome.PROCEED) {
      boolean same = outcome == Conditions.Outcome.NOT_MODIFIED;
      return Future.succeededFuture(Reply.empty(same ? 304 : 412, Validation.notModified(fields)));
    }
    if (request.method() == Method.HEAD) {
      return whole(200, fields);
    }
    Representation representation =
        new Representation(
            fields,
            entry.content().length(),
            response.etag(),
            response.lastModified() < 0 ? null : Instant.ofEpochMilli(response.lastModified()));
    Optional<List<Ranges.Part>> parts = representation.parts(request, Instant.ofEpochMilli(now));
    List<long[]> missing = missing(parts);
    if (missing.isEmpty()) {
      return ranged(representation, parts);
    }
    List<Future<Boolean>> fetched = new ArrayList<>(missing.size());
    for (long[] run : missing) {
      fetched.add(PartFetch.start(context, exchange, entry, run));
    }
    return Future.all(fetched).compose(all -> ranged(representation, parts));
  }

  private Fields fields(StoredResponse response) {
    Fields.Builder fields =
        response.answerFields(now).filtered(name -> name != FieldName.CONTENT_LENGTH);
    return status.addTo(fields.addAll(own)).build();
  }

  private Future<Reply> whole(int code, Fields fields) {
    if (exchange.request().method() == Method.HEAD) {
      long length = entry.content().length();
      Fields.Builder sized = fields.toBuilder();
      if (length >= 0) {
        sized.set(FieldName.CONTENT_LENGTH, Long.toString(length));
      }
      return Future.succeededFuture(Reply.empty(code, sized.build()));
    }
    Body body = part(0, entry.content().length());
    return Future.succeededFuture(new Reply.Message(code, fields, body));
  }

  private Future<Reply> ranged(Representation representation, Optional<List<Ranges.Part>> parts) {
    return Future.succeededFuture(representation.inParts(exchange, parts, this::part));
  }

  private Body part(long from, long to) {
    Body body =
        entry.body(
            exchange.loop(),
            from,
            to,
            (start, end) -> PartFetch.missing(context, exchange, entry, start, end));
    if (body == null) {
      throw new Gone();
    }
    return body;
  }

  /** What nobody brings yet of the parts that are asked for. */
  private List<long[]> missing(Optional<List<Ranges.Part>> parts) {
    long length = entry.content().length();
    if (length < 0 || entry.content().file() == null) {
      return List.of();
    }
    List<long[]> runs = new ArrayList<>(1);
    for (Ranges.Part part : parts.orElse(List.of(new Ranges.Part(0, length - 1)))) {
      runs.addAll(entry.content().missing(part.first(), part.last() + 1, MOST_RUNS));
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
