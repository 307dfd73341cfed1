package darban.stage.cache;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;

/**
 * Asks an origin that is away again and again: it begins anew, and who waits for what it will bring
 * may as well wait for it. Event loop of the exchange.
 */
final class Persistent {
  /** How soon it is asked again, in milliseconds. */
  private static final long AGAIN = 250;

  /** An origin that answers, whatever it is, is there. */
  private static final Set<Kind> AWAY =
      Set.of(
          Kind.CONNECTION_REFUSED,
          Kind.CONNECTION_TIMEOUT,
          Kind.CONNECTION_TERMINATED,
          Kind.UNREACHABLE,
          Kind.NO_SERVER);

  private Persistent() {}

  /**
   * What {@code next} answers in the end. Each try is an exchange of its own, since one is served
   * once.
   *
   * @param exchange has no body
   * @param until when it is given up, by the loop's clock
   */
  static Future<Reply> serve(Endpoint next, Exchange exchange, long until) {
    Loop loop = exchange.loop();
    Exchange once =
        Exchange.background(exchange, exchange.request(), exchange.timeline(), exchange::interim);
    once.held(exchange.held());
    exchange.onCancel(once::abandon);
    return next.serve(once)
        .recover(failed -> {
          if (!AWAY.contains(Failure.from(failed).kind()) || loop.nanos() - until >= 0) {
            return Future.failedFuture(failed);
          }
          Promise<Void> later = loop.context().promise();
          loop.context().owner().setTimer(AGAIN, fired -> loop.execute(later::complete));
          return later
              .future()
              .compose(any ->
                  exchange.over() ? Future.failedFuture(failed) : serve(next, exchange, until));
        });
  }
}
