package darban.serve.reverse;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.origin.Origins;
import darban.serve.ProxyPass;
import io.vertx.core.Future;

/** Passes exchanges on to a service. One per route and event loop. */
public final class ReverseProxy implements Endpoint {
  private final Origins origins;

  /** A proxy to {@code origins}. */
  public ReverseProxy(Origins origins) {
    this.origins = origins;
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    return ProxyPass.pass(exchange, origins);
  }
}
