package darban.serve;

import darban.access.Logins;
import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Lets those send who prove, by Basic (RFC 7617), that they may. One per event loop. */
public final class SenderLogin {
  private final Logins logins;
  private final String realm;

  /** By what {@code logins} knows; clients are told the {@code realm}. */
  public SenderLogin(Logins logins, String realm) {
    this.logins = logins;
    this.realm = realm;
  }

  /**
   * What comes of {@code then} for one of {@code users}.
   *
   * @param users who may; empty for anyone
   */
  public Future<Reply> prove(
      Exchange exchange, Optional<Set<String>> users, Supplier<Future<Reply>> then) {
    if (users.isEmpty()) {
      return then.get();
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
          if (!users.get().contains(user.get())) {
            throw Failure.of(Kind.FORBIDDEN, "this user may not send here");
          }
          // To prove a password takes a while, in which senders leave.
          if (exchange.over()) {
            throw Failure.of(Kind.CLIENT_GONE, "client has left");
          }
          return then.get();
        });
  }

  private Reply challenge() {
    Reply.Message text =
        Reply.text(
            401, "text/plain; charset=utf-8", "401 Unauthorized: name and password of a sender\n");
    return text.withFields(
        text.fields().toBuilder()
            .add(FieldName.WWW_AUTHENTICATE, "Basic realm=\"" + realm + "\", charset=\"UTF-8\"")
            .build());
  }
}
