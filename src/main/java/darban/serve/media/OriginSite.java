package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Target;
import darban.http.Version;
import darban.observe.Timeline;
import darban.origin.ServiceConfig;
import darban.serve.Folder;
import darban.serve.Html;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The origin that films are behind, asked through the cache. One per event loop. */
final class OriginSite {
  /** What clients may say to the origin: nothing of theirs that is none of its business. */
  private static final Set<FieldName> PASSED =
      Set.of(
          FieldName.RANGE,
          FieldName.IF_RANGE,
          FieldName.IF_NONE_MATCH,
          FieldName.IF_MODIFIED_SINCE);

  private final Endpoint origin;
  private final String authority;
  private final String base;

  /**
   * The origin of a library.
   *
   * @param origin answers requests whose paths count from the library's root
   */
  OriginSite(LibraryConfig config, Endpoint origin) {
    this.origin = origin;
    this.authority = ServiceConfig.authority(config.origin().orElseThrow());
    this.base = config.origin().orElseThrow().base();
  }

  /** The path, as requests have it, of a file whose path is told decoded. */
  static String address(String path) {
    return Arrays.stream(path.split("/", -1))
        .map(Html::encoded)
        .collect(Collectors.joining("/", "/", ""));
  }

  /** The path that the origin itself knows an address by. */
  String own(String address) {
    return base + address;
  }

  /** The file under an address, got by ranges for {@code cause}. */
  OriginFile file(Exchange cause, String address) {
    return new OriginFile(cause, origin, request(Method.GET, address, Fields.NONE));
  }

  /** What the origin answers to the client's own request, but for the address. */
  Future<Reply> pass(Exchange exchange, String address) {
    Fields fields = exchange.request().fields().filtered(PASSED::contains).build();
    exchange.request(request(exchange.request().method(), address, fields));
    return origin.serve(exchange);
  }

  private RequestHead request(Method method, String address, Fields fields) {
    return new RequestHead(
        Version.HTTP_1_1, method, Target.origin(address), authority, fields, null);
  }

  /**
   * A small file or page as a whole.
   *
   * @param type what it is, by its media type without parameters
   * @param bytes all of it
   */
  record Text(String type, ByteBuffer bytes) {}

  /**
   * What is under an address; empty if that is no answer of 200.
   *
   * @param most bytes; what is longer fails
   * @param ending takes who is to be told to end it
   */
  Future<Optional<Text>> text(
      Exchange cause, String address, int most, Consumer<Consumer<Failure>> ending) {
    Exchange own =
        Exchange.background(
            cause,
            request(Method.GET, address, Fields.NONE),
            new Timeline(cause.loop().nanos()),
            interim -> {});
    ending.accept(own::abandon);
    return origin
        .serve(own)
        .compose(reply -> {
          if (reply instanceof Reply.Message message && reply.status() == 200) {
            String type = String.valueOf(message.fields().get(FieldName.CONTENT_TYPE));
            Gather gather = Gather.upTo(cause.loop(), message.body(), most);
            ending.accept(gather::abandon);
            return gather
                .all()
                .map(bytes -> Optional.of(new Text(type.split(";")[0].strip(), bytes)));
          }
          Failure why = refusal(reply.status());
          reply.discard(why);
          return reply.status() == 404
              ? Future.failedFuture(why)
              : Future.succeededFuture(Optional.empty());
        });
  }

  /** What a status means for who wants a film. */
  static Failure refusal(int status) {
    return switch (status) {
      case 404, 410 -> Folder.notFound();
      case 401, 403 -> Failure.of(Kind.FORBIDDEN, "the origin refuses this file");
      case 416 -> Offer.unplayable("it is empty");
      case 200, 206 ->
          Failure.of(Kind.RESPONSE_MALFORMED, "the origin does not answer ranges of a version");
      default -> Failure.of(Kind.RESPONSE_INCOMPLETE, "the origin failed: status " + status);
    };
  }
}
