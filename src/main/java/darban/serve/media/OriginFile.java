package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.caching.ContentRange;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Body;
import darban.flow.Loop;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.media.Span;
import darban.observe.Timeline;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A film's file behind an origin, got by ranges of one and the same version. Event loop of the
 * client's exchange that it is got for.
 */
final class OriginFile {
  private final Exchange cause;
  private final Endpoint origin;
  private final RequestHead request;
  private @Nullable Exchange asking;
  private @Nullable Gather gathering;

  /**
   * The file that {@code request} names.
   *
   * @param cause the exchange that it is needed for
   * @param origin answers requests, through the cache
   */
  OriginFile(Exchange cause, Endpoint origin, RequestHead request) {
    this.cause = cause;
    this.origin = origin;
    this.request = request;
  }

  /**
   * A version of a file.
   *
   * @param size in bytes
   * @param validator the origin's name for it: an entity tag, or when it was changed
   */
  record Version(long size, String validator) {
    /** A tag that differs wherever they do. */
    Etag etag() {
      byte[] told = (size + " " + validator).getBytes(StandardCharsets.UTF_8);
      return new Etag(false, UUID.nameUUIDFromBytes(told).toString());
    }
  }

  private record Part(Version version, ContentRange range, Body body) {}

  /** The exchange that it is got for. */
  Exchange cause() {
    return cause;
  }

  /** The loop that all this is on. */
  Loop loop() {
    return cause.loop();
  }

  /** Which version there is now. */
  Future<Version> version() {
    return part(new Span(0, 1))
        .compose(part -> Gather.bytes(loop(), part.body, 1).map(byteOfIt -> part.version));
  }

  /** The bytes of a part. */
  Future<ByteBuffer> bytes(Version version, Span span) {
    return bytes(version, span, ByteBuffer.allocate(Math.toIntExact(span.length())));
  }

  /** The bytes of a part, into memory for as many. */
  Future<ByteBuffer> bytes(Version version, Span span, ByteBuffer into) {
    return body(version, span)
        .compose(body -> {
          Gather gather = Gather.into(loop(), body, into);
          gathering = gather;
          return gather.all();
        });
  }

  /** A part, to be opened or discarded. Fails if there is another version now. */
  Future<Body> body(Version version, Span span) {
    return part(span)
        .map(part -> {
          if (part.version.equals(version)) {
            return part.body;
          }
          Failure why = Failure.of(Kind.RESPONSE_MALFORMED, "the film was changed meanwhile");
          part.body.discard(why);
          throw why;
        });
  }

  /** Nobody wants what was asked for last any more. */
  void abandon(Failure why) {
    if (asking != null) {
      asking.abandon(why);
    }
    if (gathering != null) {
      gathering.abandon(why);
    }
  }

  private Future<Part> part(Span span) {
    String range = "bytes=" + span.offset() + "-" + (span.end() - 1);
    Fields fields = request.fields().toBuilder().add(FieldName.RANGE, range).build();
    Exchange own =
        Exchange.background(
            cause, request.withFields(fields), new Timeline(loop().nanos()), interim -> {});
    asking = own;
    return origin.serve(own).map(reply -> part(span, reply));
  }

  private static Part part(Span span, Reply reply) {
    Optional<Part> part = reply instanceof Reply.Message message ? part(message) : Optional.empty();
    boolean right =
        part.isPresent()
            && part.get().range.part().first() == span.offset()
            && part.get().range.part().last() == span.end() - 1;
    if (right) {
      return part.get();
    }
    Failure why = OriginSite.refusal(reply.status());
    reply.discard(why);
    throw why;
  }

  private static Optional<Part> part(Reply.Message message) {
    Fields fields = message.fields();
    String range = fields.get(FieldName.CONTENT_RANGE);
    String etag = fields.get(FieldName.ETAG);
    String validator = etag != null ? etag : fields.get(FieldName.LAST_MODIFIED);
    return message.status() != 206 || range == null || validator == null
        ? Optional.empty()
        : ContentRange.parse(range)
            .map(of -> new Part(new Version(of.whole(), validator), of, message.body()));
  }
}
