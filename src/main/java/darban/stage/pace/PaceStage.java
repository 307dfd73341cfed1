package darban.stage.pace;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Stage;
import darban.flow.Body;
import darban.flow.Paced;
import darban.flow.Sequence;
import darban.http.RequestHead;
import darban.media.report.Cmcd;
import darban.media.report.CmcdKey;
import io.vertx.core.Future;

/** See the package. Stateless, any event loop. */
final class PaceStage implements Stage {
  private final PaceConfig config;

  PaceStage(PaceConfig config) {
    this.config = config;
  }

  @Override
  public Future<Reply> handle(Exchange exchange, Endpoint next) {
    // As it came: the report is none of the cache's business, and goes on the way.
    RequestHead received = exchange.received();
    return next.serve(exchange).map(reply -> paced(exchange, received, reply));
  }

  private Reply paced(Exchange exchange, RequestHead received, Reply reply) {
    if (!(reply instanceof Reply.Message message)) {
      return reply;
    }
    Body body = message.body();
    boolean brief = body.length() >= 0 && body.length() <= config.burst();
    return brief
        ? reply
        : new Reply.Message(
            message.status(),
            message.fields(),
            new Paced(
                exchange.loop(),
                Sequence.streamed(exchange.loop(), body),
                config.burst(),
                rate(received)));
  }

  /** What a player says is enough for it, if that is less. */
  private long rate(RequestHead received) {
    String query = received.target().query();
    Cmcd told = query == null ? Cmcd.NONE : Cmcd.ofQuery(query);
    Cmcd report = told.isEmpty() ? Cmcd.ofFields(received.fields()) : told;
    long enough =
        report.number(CmcdKey.REQUESTED_THROUGHPUT).orElse(Long.MAX_VALUE / 1000) * 1000 / 8;
    return Math.min(config.bytesPerSecond(), Math.max(PaceConfig.SLOWEST, enough));
  }
}
