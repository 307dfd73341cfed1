/**
 * Ground values that every floor shares: failures, limits, addresses, sizes, time.
 *
 * <p>The house has floors; a package imports only lower floors and the neighbours named on its own
 * page. {@code ArchitectureTest} holds this.
 *
 * <pre>
 *   6 top       app
 *   5 rule      admin   demo
 *   4 features  listen.*   stage.*   serve.*   store.disk
 *   3 engines   exchange ← access ← live, radio   origin   store
 *   2 tools     flow ← protocol, resolve, observe   tls
 *   1 config    config
 *   0 ground    base ← http ← wire, caching, media
 * </pre>
 *
 * <p>Floors 0 and 1 know no Vert.x, no Netty, no logging and no clock. That is where correctness
 * lives, and it is tested by tables.
 */
@NullMarked
package darban.base;

import org.jspecify.annotations.NullMarked;
