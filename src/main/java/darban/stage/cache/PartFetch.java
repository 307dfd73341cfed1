package darban.stage.cache;

import darban.base.Failure;
import darban.base.Kind;
import darban.caching.ContentRange;
import darban.caching.Reuse;
import darban.caching.StoredResponse;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Loop;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.observe.Timeline;
import darban.store.Entry;
import darban.store.Feed;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a run of missing slices by range, and takes it only if it is of the very representation
 * that is stored (RFC 9110 §15.3.7.3). Event loop.
 */
final class PartFetch {
  private final Context context;
  private final Entry entry;
  private final long from;
  private final long to;
  private final Feed feed;
  private final Loop loop;
  private final Promise<Boolean> promise;
  private boolean answered;

  private PartFetch(Context context, Exchange exchange, Entry entry, long[] run) {
    this.context = context;
    this.entry = entry;
    this.from = run[0];
    this.to = run[1];
    this.loop = exchange.loop();
    this.feed = entry.content().feed(from, to, true);
    this.promise = loop.context().promise();
  }

  /**
   * Fetches {@code run}, an offset and an end.
   *
   * @return done once the head of the answer is there and right, or nobody wants it; fails with
   *     {@link Answer.Gone} if the representation is another one now
   */
  static Future<Boolean> start(Context context, Exchange cause, Entry entry, long[] run) {
    PartFetch fetch = new PartFetch(context, cause, entry, run);
    fetch.ask(cause);
    return fetch.promise.future();
  }

  /** As {@link darban.store.ContentReader.Fetcher} for a reader that is under way. */
  static boolean missing(Context context, Exchange cause, Entry entry, long from, long to) {
    if (!entry.response().isResumable()) {
      return false;
    }
    long end = Math.min(to, entry.content().length());
    List<long[]> runs = entry.content().missing(from, end, 1);
    // Who reads learns from the feed how it goes.
    runs.forEach(run -> start(context, cause, entry, run));
    return !runs.isEmpty();
  }

  private void ask(Exchange cause) {
    Exchange own =
        Exchange.background(
            cause, request(cause.request()), new Timeline(loop.nanos()), interim -> {});
    feed.asked(loop, why -> leave(own, why));
    context
        .next()
        .serve(own)
        .onComplete(reply -> {
          answered = true;
          if (reply.succeeded()) {
            answered(reply.result());
          } else {
            failed(Failure.from(reply.cause()));
          }
        });
  }

  /** It is over before it is answered: nobody reads that far any more. */
  private void leave(Exchange own, @Nullable Failure why) {
    if (!answered && why != null) {
      // Who waits for its head all the same asks again when he comes to what is missing.
      promise.tryComplete(false);
      own.abandon(why);
    }
  }

  private RequestHead request(RequestHead client) {
    Fields.Builder fields =
        client
            .fields()
            .filtered(name ->
                name != FieldName.RANGE
                    && name != FieldName.IF_RANGE
                    && name != FieldName.IF_NONE_MATCH
                    && name != FieldName.IF_MODIFIED_SINCE)
            .add(FieldName.RANGE, "bytes=" + from + "-" + (to - 1));
    String validator = validator(entry.response());
    if (validator != null) {
      fields.add(FieldName.IF_RANGE, validator);
    }
    return client.withMethod(Method.GET).withFields(fields.build());
  }

  private static @Nullable String validator(StoredResponse stored) {
    Etag etag = stored.etag();
    return etag != null ? etag.toString() : stored.fields().get(FieldName.LAST_MODIFIED);
  }

  private void answered(Reply reply) {
    if (reply instanceof Reply.Message message && isRight(message)) {
      promise.tryComplete(true);
      // Whoever waits begins to read first, and has it out of memory.
      loop.execute(() -> feed.start(loop, message.body(), why -> {}));
      return;
    }
    String detail = "status " + reply.status() + " to a range of what is stored";
    if (Reuse.isFailure(reply.status())) {
      // That says nothing of what is stored.
      Failure failed = Failure.of(Kind.RESPONSE_INCOMPLETE, "the origin failed").detailed(detail);
      reply.discard(failed);
      failed(failed);
      return;
    }
    Failure why =
        Failure.of(Kind.RESPONSE_MALFORMED, "the origin has another version of this now")
            .detailed(detail);
    reply.discard(why);
    context.store().remove(entry);
    feed.cannotStart(why);
    promise.tryFail(new Answer.Gone());
  }

  private boolean isRight(Reply.Message message) {
    Fields fields = message.fields();
    Optional<ContentRange> range =
        Optional.ofNullable(fields.get(FieldName.CONTENT_RANGE)).flatMap(ContentRange::parse);
    return message.status() == 206
        && range.isPresent()
        && range.get().part().first() == from
        && range.get().part().last() == to - 1
        && range.get().whole() == entry.content().length()
        && sameValidator(fields);
  }

  private boolean sameValidator(Fields fields) {
    StoredResponse stored = entry.response();
    Etag etag = stored.etag();
    if (etag != null) {
      String tag = fields.get(FieldName.ETAG);
      return tag != null && Etag.parse(tag).map(etag::matchesStrongly).orElse(false);
    }
    String modified = fields.get(FieldName.LAST_MODIFIED);
    return modified != null && modified.equals(stored.fields().get(FieldName.LAST_MODIFIED));
  }

  private void failed(Failure why) {
    feed.cannotStart(why);
    promise.tryFail(why);
  }
}
