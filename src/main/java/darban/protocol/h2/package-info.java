/**
 * HTTP/2 on a channel (RFC 9113), both roles, on Netty's codec.
 *
 * <pre>
 *   FrameWatch          counts what comes, ends floods and drips before they cost
 *   Http2Channel        the connection: streams, windows, one flush per read
 *    ├ Http2Server      → Http2ServerStream
 *    └ Http2Client      → Http2ClientStream
 *   Http2Incoming       a body from DATA frames; its reader's speed governs the window
 *   Http2Outgoing       a body into DATA frames; the peer's window governs its source
 *   Http2Duplex         a stream that is a tunnel
 * </pre>
 */
@NullMarked
package darban.protocol.h2;

import org.jspecify.annotations.NullMarked;
