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
    exchange.request(ManifestEdit.readable(exchange.request()));
    ManifestRewrite rewrite = new ManifestRewrite(config, exchange.request().target());
    ManifestEdit edit = new ManifestEdit(config.most(), rewrite::changed);
    return next.serve(exchange).compose(reply -> edit.apply(exchange, reply));
  }
}
