package darban.stage.cache;

import darban.caching.CachePolicy;
import darban.exchange.Endpoint;
import darban.store.Store;

/**
 * What all requests of a route share in its cache.
 *
 * @param space keeps what is stored for one service apart from all else
 * @param next asks the origin
 * @param telling what clients learn of it
 */
record Context(
    Store store, CachePolicy policy, String space, Endpoint next, CacheConfig.Telling telling) {}
