package darban.exchange;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Loop;
import darban.observe.Timeline;
import darban.protocol.ServerHandler;
import darban.protocol.ServerStream;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Serves the requests of one client connection: finds each its route, runs the pipeline and sends
 * what comes of it. Event loop of the connection.
 */
public final class Exchanges implements ServerHandler {
  /**
   * What all connections of a listener share on one event loop.
   *
   * @param router the route of a request
   * @param refusal makes answers of failures
   * @param observer hears of every exchange
   * @param clientAddress the client's address, from its connection or a trusted proxy's fields
   * @param tunnelIdle the longest silence in a tunnel
   * @param busy whether there is no room for another request
   */
  public record Service(
      Loop loop,
      Function<Exchange, Route> router,
      Refusal refusal,
      Observer observer,
      Function<Exchange, String> clientAddress,
      Duration tunnelIdle,
      BooleanSupplier busy) {}

  private final Service service;
  private final Peer peer;

  /** The handler of the connection of {@code peer}. */
  public Exchanges(Service service, Peer peer) {
    this.service = service;
    this.peer = peer;
  }

  @Override
  public void request(ServerStream stream) {
    Loop loop = service.loop();
    Exchange exchange =
        new Exchange(loop, peer, stream, new Timeline(loop.nanos()), service.tunnelIdle());
    exchange.clientAddress(service.clientAddress().apply(exchange));
    service.observer().began(exchange);
    stream.onEnd(why -> ended(exchange, why));
    Future<Reply> reply = serve(exchange);
    reply.onComplete(result ->
        exchange.send(
            result.succeeded() ? result.result() : refuse(exchange, result.cause()),
            why -> ended(exchange, why)));
  }

  private Future<Reply> serve(Exchange exchange) {
    if (service.busy().getAsBoolean()) {
      return Future.failedFuture(Failure.of(Kind.OVERLOADED, "too busy"));
    }
    try {
      Route route = service.router().apply(exchange);
      exchange.route(route);
      return route.pipeline().serve(exchange);
    } catch (RuntimeException thrown) {
      return Future.failedFuture(thrown);
    }
  }

  private Reply refuse(Exchange exchange, Throwable cause) {
    Failure why = Failure.from(cause);
    exchange.failed(why);
    return service.refusal().of(why);
  }

  private void ended(Exchange exchange, @Nullable Failure why) {
    exchange.timeline().ended(service.loop().nanos());
    exchange.ended(why);
    service.observer().ended(exchange, why != null ? why : exchange.failure());
  }

  @Override
  public void refused(Failure why, String start) {
    service.observer().refused(peer, why, start);
  }
}
