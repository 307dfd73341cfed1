package darban.stage.gate;

import darban.access.Login;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Stage;
import io.vertx.core.Future;

/**
 * Lets clients of a forward proxy pass who prove to be a user. One per event loop.
 *
 * @param login where they prove it
 */
public record ProxyAuthentication(Login login) implements Stage {
  @Override
  public Future<Reply> handle(Exchange exchange, Endpoint next) {
    return login.prove(exchange, user -> next.serve(exchange));
  }
}
