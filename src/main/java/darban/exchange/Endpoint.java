package darban.exchange;

import io.vertx.core.Future;

/** The end of a pipeline: what a route's action does. One per event loop or stateless. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Answers, now or later. Takes or discards the request's body. A failed future is turned into an
   * answer by {@link Refusal}. When {@link Exchange#over} it may stop at once and fail.
   */
  Future<Reply> serve(Exchange exchange);
}
