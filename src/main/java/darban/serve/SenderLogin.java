package darban.serve;

import darban.access.Login;
import darban.access.Users;
import darban.base.Failure;
import darban.base.Kind;
import darban.base.Tally;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Lets those send who prove that they may. One per event loop. */
public final class SenderLogin {
  private final Login login;

  /** By what {@code users} knows; see {@link Login#toSend}. */
  public SenderLogin(Users users, Tally failed, String realm) {
    this.login = Login.toSend(users, failed, realm);
  }

  /**
   * What comes of {@code then} for one of {@code users}.
   *
   * @param users who may; empty for anyone
   */
  public Future<Reply> prove(
      Exchange exchange, Optional<Set<String>> users, Supplier<Future<Reply>> then) {
    return users.isEmpty()
        ? then.get()
        : login.prove(
            exchange,
            user ->
                users.get().contains(user)
                    ? then.get()
                    : Future.failedFuture(
                        Failure.of(Kind.FORBIDDEN, "this user may not send here")));
  }
}
