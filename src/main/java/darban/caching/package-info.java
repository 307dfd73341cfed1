/**
 * HTTP caching (RFC 9111) as pure functions: what may be stored, what a stored response may still
 * be used for, how it is validated, what a request makes worthless.
 *
 * <pre>
 *   request ─ CacheKey ─► stored variants ─ Reuse ─► Verdict
 *                                                     │ Fresh, Stale: answer
 *                                                     │ Validate ─ Validation.request ─► origin
 *                                                     │ Miss ─────────────────────────► origin
 *   Storability ◄─ 200, 404 … ─┐                                                          │
 *   Validation  ◄─ 304, HEAD ──┼──────────────────────────────────────────────────────────┘
 *   Invalidation ◄─ unsafe ────┘
 * </pre>
 *
 * <p>Nothing here knows a clock, a body or a store. Times are epoch milliseconds and come in as
 * arguments. What can be worked out when a response is stored is worked out then ({@link
 * darban.caching.Freshness}), so that a hit costs a few look-ups of fields. Immutable throughout,
 * any thread.
 *
 * <p>May import {@code base} and {@code http}. RFC 9111 (caching), RFC 5861 (stale), RFC 8246
 * (immutable), RFC 9211 (Cache-Status), RFC 9213 (targeted), RFC 9875 (groups), No-Vary-Search
 * (draft of the HTTP working group).
 */
@NullMarked
package darban.caching;

import org.jspecify.annotations.NullMarked;
