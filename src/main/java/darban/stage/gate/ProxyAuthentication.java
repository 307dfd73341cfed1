package darban.stage.gate;

import darban.access.Users;
import darban.base.Cidr;
import darban.base.ClientBlock;
import darban.base.Failure;
import darban.base.Kind;
import darban.base.Tally;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Stage;
import darban.http.FieldName;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Lets clients of a forward proxy pass who prove to be a user. Who guesses passwords is soon not
 * listened to. One per event loop.
 */
public final class ProxyAuthentication implements Stage {
  private final Users users;
  private final Tally failed;

  /**
   * A gate for {@code users}.
   *
   * @param failed wrong passwords, on all loops
   */
  public ProxyAuthentication(Users users, Tally failed) {
    this.users = users;
    this.failed = failed;
  }

  @Override
  public Future<Reply> handle(Exchange exchange, Endpoint next) {
    String given = exchange.request().fields().get(FieldName.PROXY_AUTHORIZATION);
    if (given == null) {
      return Future.succeededFuture(challenge());
    }
    Optional<ClientBlock> client = Cidr.literal(exchange.clientAddress()).map(ClientBlock::of);
    if (client.isPresent() && failed.full(client.get(), exchange.loop().nanos())) {
      return Future.failedFuture(
          Failure.of(Kind.TOO_MANY_REQUESTS, "too many wrong passwords, wait a minute"));
    }
    return users
        .prove(given)
        .compose(user -> {
          if (user.isEmpty()) {
            client.ifPresent(each -> failed.add(each, exchange.loop().nanos()));
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
