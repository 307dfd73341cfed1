/**
 * SOCKS 4, 4a and 5 on a channel (RFC 1928, RFC 1929), server role. A SOCKS request is a CONNECT by
 * other words, and is handed over as one: what may be dialled, who may ask and what is logged is
 * decided in one place for both.
 */
@NullMarked
package darban.protocol.socks;

import org.jspecify.annotations.NullMarked;
