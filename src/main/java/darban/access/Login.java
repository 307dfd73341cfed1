package darban.access;

import darban.base.Cidr;
import darban.base.ClientBlock;
import darban.base.Failure;
import darban.base.Kind;
import darban.base.Tally;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/**
 * Lets those go on who prove, by Basic (RFC 7617), who they are. That takes a while, in which
 * clients leave: nothing is begun for one who has. Who guesses passwords is soon not listened to.
 * One per event loop.
 */
public final class Login {
  private final Users users;
  private final Tally failed;
  private final Challenge challenge;

  /** Where it is proved, and how it is asked for. */
  private record Challenge(FieldName proof, FieldName asks, String realm, int status, String text) {
    Reply reply() {
      Reply.Message reply = Reply.text(status, "text/plain; charset=utf-8", text);
      return reply.withFields(
          reply.fields().toBuilder()
              .add(asks, "Basic realm=\"" + realm + "\", charset=\"UTF-8\"")
              .build());
    }
  }

  private Login(Users users, Tally failed, Challenge challenge) {
    this.users = users;
    this.failed = failed;
    this.challenge = challenge;
  }

  /**
   * Of those who use a proxy.
   *
   * @param failed wrong passwords, on all loops
   */
  public static Login toProxy(Users users, Tally failed) {
    return new Login(
        users,
        failed,
        new Challenge(
            FieldName.PROXY_AUTHORIZATION,
            FieldName.PROXY_AUTHENTICATE,
            "darban",
            407,
            "407 Proxy Authentication Required: name and password of a user\n"));
  }

  /**
   * Of those who send.
   *
   * @param failed wrong passwords, on all loops
   * @param realm what they are told that it is
   */
  public static Login toSend(Users users, Tally failed, String realm) {
    return new Login(
        users,
        failed,
        new Challenge(
            FieldName.AUTHORIZATION,
            FieldName.WWW_AUTHENTICATE,
            realm,
            401,
            "401 Unauthorized: name and password of a sender\n"));
  }

  /** What comes of {@code then} for the user that the client proves to be. */
  public Future<Reply> prove(Exchange exchange, Function<String, Future<Reply>> then) {
    String proof = exchange.request().fields().get(challenge.proof);
    if (proof == null) {
      return Future.succeededFuture(challenge.reply());
    }
    return user(proof, exchange.clientAddress(), exchange.loop().nanos())
        .compose(user -> {
          if (user.isEmpty()) {
            return Future.succeededFuture(challenge.reply());
          }
          exchange.user(user.get());
          return exchange.over()
              ? Future.failedFuture(Failure.of(Kind.CLIENT_GONE, "client has left"))
              : then.apply(user.get());
        });
  }

  private Future<Optional<String>> user(String proof, String clientAddress, long nanos) {
    Optional<ClientBlock> client = Cidr.literal(clientAddress).map(ClientBlock::of);
    if (client.isPresent() && failed.full(client.get(), nanos)) {
      return Future.failedFuture(
          Failure.of(Kind.TOO_MANY_REQUESTS, "too many wrong passwords, wait a minute"));
    }
    return users
        .prove(proof)
        .onSuccess(user -> {
          if (user.isEmpty()) {
            client.ifPresent(each -> failed.add(each, nanos));
          }
        });
  }
}
