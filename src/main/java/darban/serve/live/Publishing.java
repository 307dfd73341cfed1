package darban.serve.live;

import darban.access.Logins;
import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.live.Hub;
import darban.live.LiveStream;
import darban.serve.live.LiveOrigin.Place;
import io.vertx.core.Future;
import java.util.Set;

/** What publishers do: they upload files and tracks, and remove files. One per event loop. */
final class Publishing {
  private final Hub hub;
  private final Logins logins;

  /** Into {@code hub}, by those whom {@code logins} knows where it wants to know. */
  Publishing(Hub hub, Logins logins) {
    this.hub = hub;
    this.logins = logins;
  }

  Future<Reply> serve(Exchange exchange, Place place) {
    if (place.file().isEmpty() || place.file().endsWith("/") || isOurs(place)) {
      throw Failure.of(Kind.FORBIDDEN, "no name for a file of a live stream");
    }
    Set<String> publishers = hub.config().publishers().orElse(null);
    if (publishers == null) {
      return act(exchange, place);
    }
    String given = exchange.request().fields().get(FieldName.AUTHORIZATION);
    if (given == null) {
      return Future.succeededFuture(challenge());
    }
    return logins
        .prove(given, exchange.clientAddress(), exchange.loop().nanos())
        .compose(user -> {
          if (user.isEmpty()) {
            return Future.succeededFuture(challenge());
          }
          exchange.user(user.get());
          if (!publishers.contains(user.get())) {
            throw Failure.of(Kind.FORBIDDEN, "this user may not publish here");
          }
          return act(exchange, place);
        });
  }

  /** Names that begin so are of what is made here. */
  private static boolean isOurs(Place place) {
    return place.stream().startsWith("~") || place.file().startsWith("~");
  }

  private static Reply challenge() {
    Reply.Message text =
        Reply.text(
            401,
            "text/plain; charset=utf-8",
            "401 Unauthorized: name and password of a publisher\n");
    return text.withFields(
        text.fields().toBuilder()
            .add(FieldName.WWW_AUTHENTICATE, "Basic realm=\"live\", charset=\"UTF-8\"")
            .build());
  }

  private Future<Reply> act(Exchange exchange, Place place) {
    if (exchange.request().method() == Method.DELETE) {
      return Future.succeededFuture(delete(place));
    }
    if (exchange.request().fields().has(FieldName.CONTENT_RANGE)) {
      // RFC 9110 §14.4: a part would be taken for the whole.
      throw Failure.of(Kind.BAD_REQUEST, "parts of files are not taken");
    }
    int status = exchange.request().method() == Method.PUT ? 201 : 200;
    return hub.publish(place.stream(), place.file(), exchange.loop(), exchange.takeBody())
        .map(done -> Reply.empty(status, Fields.NONE));
  }

  private Reply delete(Place place) {
    LiveStream stream = hub.find(place.stream());
    if (stream == null || !stream.delete(place.file())) {
      throw LiveOrigin.notFound();
    }
    return Reply.empty(204, Fields.NONE);
  }
}
