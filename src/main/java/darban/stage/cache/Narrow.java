package darban.stage.cache;

import darban.caching.ContentRange;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Loop;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Ranges;
import darban.store.Content;
import darban.store.ContentReader;
import darban.store.Feed;
import darban.store.Store;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The part that a client asked for, out of an answer with more than that. Event loop. */
final class Narrow {
  private Narrow() {}

  /**
   * The answer for the client.
   *
   * @param reply a 206; taken unless the result is null
   * @return null where the client asked for several parts, or for what is not in it
   */
  static @Nullable Reply of(Store store, Exchange exchange, Reply.Message reply) {
    ContentRange got =
        Optional.ofNullable(reply.fields().get(FieldName.CONTENT_RANGE))
            .flatMap(ContentRange::parse)
            .orElse(null);
    Ranges.Part wanted = got == null ? null : wanted(exchange, got);
    if (got == null || wanted == null) {
      return null;
    }
    Loop loop = exchange.loop();
    Content content = store.passing(got.whole());
    Feed feed = content.feed(got.part().first(), got.part().last() + 1, false);
    ContentReader reader =
        ContentReader.of(
            content, loop, wanted.first(), wanted.last() + 1, ContentReader.Fetcher.NONE);
    content.release();
    loop.execute(() -> feed.start(loop, reply.body(), over -> {}));
    Fields fields =
        reply
            .fields()
            .filtered(name -> name != FieldName.CONTENT_LENGTH)
            .set(FieldName.CONTENT_RANGE, wanted.contentRange(got.whole()))
            .build();
    return new Reply.Message(206, fields, Objects.requireNonNull(reader));
  }

  /**
   * Whether an answer that is not stored is to something else than the client said of ranges, so
   * that it must be asked for as the client did.
   *
   * @param sent fields of the request that was made instead
   */
  static boolean misses(Exchange exchange, Fields sent, int status) {
    Fields wanted = exchange.request().fields();
    return switch (status) {
      // All was asked for, to be stored.
      case 200 -> wanted.has(FieldName.RANGE) && !sent.has(FieldName.RANGE);
      // It was not asked for whether the range applies.
      case 206, 416 -> wanted.has(FieldName.IF_RANGE);
      default -> false;
    };
  }

  private static Ranges.@Nullable Part wanted(Exchange exchange, ContentRange got) {
    String asked = exchange.request().fields().get(FieldName.RANGE);
    List<Ranges.Part> parts =
        asked == null ? List.of() : Ranges.parse(asked, got.whole()).orElse(List.of());
    boolean within =
        parts.size() == 1
            && parts.getFirst().first() >= got.part().first()
            && parts.getFirst().last() <= got.part().last();
    return within ? parts.getFirst() : null;
  }
}
