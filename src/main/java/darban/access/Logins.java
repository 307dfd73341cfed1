package darban.access;

import darban.base.Cidr;
import darban.base.ClientBlock;
import darban.base.Failure;
import darban.base.Kind;
import darban.base.Tally;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Asks clients who they are. Who guesses passwords is soon not listened to. One per event loop.
 *
 * @param users who may prove to be whom
 * @param failed wrong passwords, on all loops
 */
public record Logins(Users users, Tally failed) {
  /**
   * The user that a Basic credential proves, or empty; fails when its client has guessed too often.
   *
   * @param authorization the value of the field
   * @param clientAddress who sent it
   */
  public Future<Optional<String>> prove(String authorization, String clientAddress, long nanos) {
    Optional<ClientBlock> client = Cidr.literal(clientAddress).map(ClientBlock::of);
    if (client.isPresent() && failed.full(client.get(), nanos)) {
      return Future.failedFuture(
          Failure.of(Kind.TOO_MANY_REQUESTS, "too many wrong passwords, wait a minute"));
    }
    return users
        .prove(authorization)
        .onSuccess(user -> {
          if (user.isEmpty()) {
            client.ifPresent(each -> failed.add(each, nanos));
          }
        });
  }
}
