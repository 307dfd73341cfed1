package darban.stage.manifest;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.ManifestEdit;
import darban.exchange.Reply;
import darban.exchange.Stage;
import io.vertx.core.Future;

/** See the package. Stateless, any event loop. */
final class ManifestStage implements Stage {
  private final ManifestConfig config;

  ManifestStage(ManifestConfig config) {
    this.config = config;
  }

  @Override
  public Future<Reply> handle(Exchange exchange, Endpoint next) {
    ManifestRewrite rewrite = new ManifestRewrite(config, exchange.request().target());
    return new ManifestEdit(config.most(), rewrite::changed).through(exchange, next);
  }
}
