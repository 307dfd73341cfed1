package darban.serve.fixed;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import darban.http.Fields;
import io.vertx.core.Future;

/**
 * Sends the client to another place. In the place, {@code {path}}, {@code {query}} (with its
 * question mark), {@code {host}} and {@code {scheme}} stand for those of the request. Stateless.
 */
public final class Redirect implements Endpoint {
  private final String to;
  private final int status;

  /**
   * A redirect.
   *
   * @param to an absolute URL or a path
   * @param status 301, 302, 303, 307 or 308
   */
  public Redirect(String to, int status) {
    this.to = to;
    this.status = status;
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    var target = exchange.request().target();
    String query = target.query();
    String location =
        to.replace("{path}", target.pathOnly())
            .replace("{query}", query == null ? "" : "?" + query)
            .replace("{host}", exchange.request().authority())
            .replace("{scheme}", exchange.peer().scheme());
    return Future.succeededFuture(
        Reply.empty(status, Fields.builder(2).add(FieldName.LOCATION, location).build()));
  }
}
