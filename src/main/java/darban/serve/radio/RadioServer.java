package darban.serve.radio;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.Method;
import darban.radio.Radio;
import darban.serve.Cors;
import io.vertx.core.Future;

/** Takes radio and lets it be heard. One per event loop. */
final class RadioServer implements Endpoint {
  static final Method SOURCE = Method.of("SOURCE");
  private static final String METADATA = "/admin/metadata";
  private static final String METHODS = "GET, HEAD, OPTIONS, PUT, SOURCE";

  private final Radio radio;
  private final Sending sending;
  private final Hearing hearing;

  RadioServer(Radio radio, Sending sending, Hearing hearing) {
    this.radio = radio;
    this.sending = sending;
    this.hearing = hearing;
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    Cors.open(exchange);
    Method method = exchange.request().method();
    String path = exchange.request().routingPath();
    if (method == Method.PUT || method.equals(SOURCE)) {
      return sending.send(exchange, path);
    }
    if (method == Method.OPTIONS) {
      // Source clients look here whether they may PUT.
      return Future.succeededFuture(Cors.preflight(METHODS));
    }
    if (method != Method.GET && method != Method.HEAD) {
      return Future.succeededFuture(Cors.notAllowed(METHODS));
    }
    return path.endsWith(METADATA) && radio.find(path) == null
        ? sending.metadata(exchange)
        : Future.succeededFuture(hearing.hear(exchange, path));
  }

  static Failure notFound() {
    return Failure.of(Kind.NOT_FOUND, "nobody sends here");
  }
}
