package darban.exchange;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Gathering;
import darban.http.ContentCoding;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.media.MalformedMedia;
import darban.media.edge.ManifestKind;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;

/**
 * Changes manifests of HLS and DASH that pass: what is changed is read as a whole, without its
 * coding, and sent as it then is. Stateless, any event loop.
 *
 * @param most bytes that a manifest may have
 * @param change what becomes of it
 */
public record ManifestEdit(int most, Change change) {
  /** As much as anybody plays. */
  public static final int USUAL = 8 << 20;

  /** Fields that speak of the very bytes. */
  private static final Set<FieldName> OF_BYTES =
      Set.of(
          FieldName.CONTENT_ENCODING,
          FieldName.CONTENT_LENGTH,
          FieldName.ACCEPT_RANGES,
          FieldName.of("Content-MD5"),
          FieldName.of("Content-Digest"),
          FieldName.of("Digest"),
          FieldName.of("Repr-Digest"));

  /** What becomes of a manifest. */
  @FunctionalInterface
  public interface Change {
    /** The manifest as it is to be sent; may throw {@link MalformedMedia}. */
    byte[] changed(ManifestKind kind, byte[] manifest);
  }

  /** The reply of {@code next}, changed if it is a manifest. */
  public Future<Reply> through(Exchange exchange, Endpoint next) {
    boolean whole = ManifestKind.ofPath(exchange.request().target().pathOnly()).isPresent();
    exchange.request(readable(exchange.request(), whole));
    return next.serve(exchange)
        .compose(reply -> {
          if (reply.status() != 206 || kind(exchange, reply).isEmpty()) {
            return apply(exchange, reply);
          }
          // Its name did not tell that it is one: only all of it can be changed.
          reply.discard(unreadable("a part of it was asked for"));
          exchange.request(readable(exchange.request(), true));
          return next.serve(exchange).compose(again -> apply(exchange, again));
        });
  }

  /** The request as its answer can be changed: in a coding that is read here, and for all of it. */
  private static RequestHead readable(RequestHead request, boolean whole) {
    Fields fields = ContentCoding.readable(request.fields());
    return request.withFields(
        !whole
            ? fields
            : fields
                .filtered(name -> name != FieldName.RANGE && name != FieldName.IF_RANGE)
                .build());
  }

  private static Optional<ManifestKind> kind(Exchange exchange, Reply reply) {
    return reply instanceof Reply.Message
            && (reply.status() == 200 || reply.status() == 206 || reply.status() == 304)
        ? ManifestKind.of(
            reply.fields().get(FieldName.CONTENT_TYPE), exchange.request().target().pathOnly())
        : Optional.empty();
  }

  private Future<Reply> apply(Exchange exchange, Reply reply) {
    Optional<ManifestKind> kind = kind(exchange, reply);
    if (kind.isEmpty()) {
      return Future.succeededFuture(reply);
    }
    if (reply.status() == 206) {
      throw unreadable("a part of it came for all of it");
    }
    Fields fields = fields(reply.fields());
    if (reply.status() == 304 || exchange.request().method() == Method.HEAD) {
      return Future.succeededFuture(reply.withFields(fields));
    }
    return Gathering.of(exchange.loop(), ((Reply.Message) reply).body(), most)
        .map(bytes -> {
          byte[] changed = changed(kind.get(), reply.fields(), bytes);
          return new Reply.Message(
              reply.status(), fields, new Body.Bytes(Unpooled.wrappedBuffer(changed)));
        });
  }

  private byte[] changed(ManifestKind kind, Fields fields, byte[] bytes) {
    try {
      return change.changed(
          kind,
          ContentCoding.decoded(fields, bytes, most)
              .orElseThrow(() ->
                  unreadable(
                      "its coding, "
                          + fields.joined(FieldName.CONTENT_ENCODING)
                          + ", or its size")));
    } catch (MalformedMedia malformed) {
      throw unreadable(malformed.getMessage());
    }
  }

  private static Failure unreadable(String detail) {
    return Failure.of(Kind.RESPONSE_MALFORMED, "the origin's manifest cannot be read")
        .detailed(detail);
  }

  /** Other bytes of the same meaning: what had a strong tag has a weak one (RFC 9110 §8.8.1). */
  private static Fields fields(Fields before) {
    Fields.Builder fields = before.filtered(name -> !OF_BYTES.contains(name));
    String tag = before.get(FieldName.ETAG);
    Etag.parse(tag == null ? "" : tag)
        .filter(etag -> !etag.weak())
        .ifPresent(etag -> fields.set(FieldName.ETAG, "W/" + tag));
    return fields.build();
  }
}
