package darban.serve.live;

import darban.access.Users;
import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.live.Hub;
import darban.live.LiveStream;
import darban.serve.SenderLogin;
import darban.serve.live.LiveOrigin.Place;
import io.vertx.core.Future;

/** What publishers do: they upload files and tracks, and remove files. One per event loop. */
final class Publishing {
  private final Hub hub;
  private final SenderLogin login;

  /** Into {@code hub}, by those of {@code users} who may. */
  Publishing(Hub hub, Users users) {
    this.hub = hub;
    this.login = new SenderLogin(users, hub.failedLogins(), "live");
  }

  Future<Reply> serve(Exchange exchange, Place place) {
    if (place.file().isEmpty() || place.file().endsWith("/") || isOurs(place)) {
      throw Failure.of(Kind.FORBIDDEN, "no name for a file of a live stream");
    }
    return login.prove(exchange, hub.config().publishers(), () -> act(exchange, place));
  }

  /** Names that begin so are of what is made here. */
  private static boolean isOurs(Place place) {
    return place.stream().startsWith("~") || place.file().startsWith("~");
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
