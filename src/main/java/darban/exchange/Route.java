package darban.exchange;

import darban.base.Failure;
import darban.base.Kind;
import io.vertx.core.Future;

/**
 * A rule of a site: which requests it is for and what is done with them. Immutable; one per event
 * loop.
 *
 * @param site the site's name, for logs and metrics
 * @param service the service's name or the action's, for logs and metrics
 * @param match which requests it takes
 * @param pipeline what is done
 */
public record Route(String site, String service, Match match, Endpoint pipeline) {
  /** For requests that no site takes. */
  public static final Route NONE =
      new Route(
          "-",
          "-",
          Match.ALL,
          exchange -> Future.failedFuture(Failure.of(Kind.NOT_FOUND, "no route for this request")));

  /** The route of all requests to forward listeners, which belongs to no site. */
  public static Route forward(Endpoint pipeline) {
    return new Route("-", "forward", Match.ALL, pipeline);
  }

  /** Whether it is that of forward listeners. */
  boolean isForward() {
    return site.equals("-") && service.equals("forward");
  }
}
