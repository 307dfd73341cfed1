/**
 * HTTP/2 on a channel (RFC 9113), both roles.
 *
 * <pre>
 *   peer ─► FrameReader ─► PeerFrames ─► Http2Channel: the connection, its streams and windows
 *                │                        ├ Http2Server   → Http2ServerStream ┐ a message each,
 *             FrameWatch                  └ Http2Client   → Http2ClientStream ┘ on an Http2Stream
 *        counts, ends floods
 *   peer ◄─ FrameWriter ◄─ Sending: bodies, as the peer's windows allow
 *
 *   Http2Incoming       a body from DATA frames; its reader's speed governs the window
 *   Http2Outgoing       a body into DATA frames; the peer's window governs its source
 *   Http2Duplex         a stream that is a tunnel
 * </pre>
 */
@NullMarked
package darban.protocol.h2;

import org.jspecify.annotations.NullMarked;
