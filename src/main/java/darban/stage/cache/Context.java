package darban.stage.cache;

import darban.caching.CachePolicy;
import darban.caching.Timing;
import darban.exchange.Endpoint;
import darban.http.ResponseHead;
import darban.store.Key;
import darban.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * What all requests of a route share in its cache.
 *
 * @param space keeps what is stored for one service apart from all else
 * @param next asks the origin
 * @param telling what clients learn of it
 * @param edge knows of live streams; null where nothing is to be known
 */
record Context(
    Store store,
    CachePolicy policy,
    String space,
    Endpoint next,
    CacheConfig.Telling telling,
    @Nullable LiveEdge edge) {
  /** The policy for a response to a request of {@code key}. */
  CachePolicy policy(Key key, ResponseHead response) {
    return edge == null ? policy : edge.policy(policy, key.cache(), response);
  }

  /**
   * When what came at {@code now} was asked for. Who holds a request answers by what is there in
   * the end, which has not grown older meanwhile.
   */
  Timing timing(Key key, long requested, long now) {
    return new Timing(edge != null && edge.mayBeHeld(key.cache()) ? now : requested, now);
  }
}
