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
import java.util.function.Supplier;
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

  private final Supplier<Service> current;
  private final Peer peer;

  /**
   * The handler of the connection of {@code peer}.
   *
   * @param current asked for each request: another configuration may be in force for the next
   */
  public Exchanges(Supplier<Service> current, Peer peer) {
    this.current = current;
    this.peer = peer;
  }

  @Override
  public void request(ServerStream stream) {
    Service service = current.get();
    Loop loop = service.loop();
    Exchange exchange =
        new Exchange(loop, peer, stream, new Timeline(loop.nanos()), service.tunnelIdle());
    exchange.clientAddress(service.clientAddress().apply(exchange));
    service.observer().began(exchange);
    stream.onEnd(why -> ended(service, exchange, why));
    Future<Reply> reply = serve(service, exchange);
    reply.onComplete(result ->
        exchange.send(
            result.succeeded() ? result.result() : refuse(service, exchange, result.cause()),
            () -> service.observer().tunnels(exchange),
            why -> ended(service, exchange, why)));
  }

  private static Future<Reply> serve(Service service, Exchange exchange) {
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

  private static Reply refuse(Service service, Exchange exchange, Throwable cause) {
    Failure why = Failure.from(cause);
    exchange.failed(why);
    return service.refusal().of(why, exchange.received());
  }

  private static void ended(Service service, Exchange exchange, @Nullable Failure why) {
    exchange.timeline().ended(service.loop().nanos());
    exchange.ended(why);
    service.observer().ended(exchange, why != null ? why : exchange.failure());
  }

  @Override
  public void refused(Failure why, String start) {
    current.get().observer().refused(peer, why, start);
  }
}
