package darban.stage.gate;

import darban.access.Logins;
import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Stage;
import darban.http.FieldName;
import io.vertx.core.Future;

/**
 * Lets clients of a forward proxy pass who prove to be a user. Who guesses passwords is soon not
 * listened to. One per event loop.
 */
public final class ProxyAuthentication implements Stage {
  private final Logins logins;

  /** A gate for those whom {@code logins} knows. */
  public ProxyAuthentication(Logins logins) {
    this.logins = logins;
  }

  @Override
  public Future<Reply> handle(Exchange exchange, Endpoint next) {
    String given = exchange.request().fields().get(FieldName.PROXY_AUTHORIZATION);
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
          return exchange.over()
              ? Future.failedFuture(Failure.of(Kind.CLIENT_GONE, "client has left"))
              : next.serve(exchange);
        });
  }

  private static Reply challenge() {
    Reply.Message text =
        Reply.text(
            407,
            "text/plain; charset=utf-8",
            "407 Proxy Authentication Required: name and password of a user\n");
    return text.withFields(
        text.fields().toBuilder()
            .add(FieldName.PROXY_AUTHENTICATE, "Basic realm=\"darban\", charset=\"UTF-8\"")
            .build());
  }
}
