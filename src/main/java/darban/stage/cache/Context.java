package darban.stage.cache;

import darban.caching.CachePolicy;
import darban.exchange.Endpoint;
import darban.http.FieldName;
import darban.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * What all requests of a route share in its cache.
 *
 * @param space keeps what is stored for one service apart from all else
 * @param next asks the origin
 * @param verdictField tells clients in one word what the cache did, such as X-Cache; null for none
 */
record Context(
    Store store,
    CachePolicy policy,
    String space,
    Endpoint next,
    @Nullable FieldName verdictField) {}
