/**
 * Listeners that speak HTTP: versions 1 and 2 on a stream socket, 3 on a datagram socket of the
 * same number.
 *
 * <pre>
 *   accepted channel ─► (TLS by SNI) ─► ALPN or first bytes ─► Http1Server | Http2Server
 *                                                                    └─► Exchanges
 * </pre>
 */
@NullMarked
package darban.listen.web;

import org.jspecify.annotations.NullMarked;
