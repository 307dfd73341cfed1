/**
 * What a proxy says of itself and of the client: Via (RFC 9110 §7.6.3), Forwarded (RFC 7239) and
 * the older X-Forwarded family. What the client says of others is believed only from trusted
 * proxies; a request that has passed this very process before is refused.
 */
@NullMarked
package darban.stage.forwarded;

import org.jspecify.annotations.NullMarked;
