/**
 * HTTP/1.0 and 1.1 on a channel (RFC 9112).
 *
 * <pre>
 *   Http1Channel        bytes in, heads found, one flush per read
 *    ├ Http1Server      a client's connection: one Http1ServerStream after another
 *    └ Http1Client      an origin's connection: one Http1ClientStream after another
 *   Http1Incoming       a body being decoded    (Body.Stream)
 *   Http1Outgoing       a body being encoded    (Sink)
 *   RawDuplex           the same channel once it is a tunnel
 * </pre>
 */
@NullMarked
package darban.protocol.h1;

import org.jspecify.annotations.NullMarked;
