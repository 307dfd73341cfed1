/**
 * HTTP/3 on a QUIC connection (RFC 9114), server role, on Netty's codec: each stream is a channel
 * of its own, on the event loop of its connection.
 *
 * <pre>
 *   Http3Server          the connection: control stream, GOAWAY, open streams
 *   Http3RequestReader   what comes on a stream
 *   Http3ServerStream    one request and its answer
 *   Http3Incoming        a body from DATA frames; its reader's speed governs the stream's window
 *   Http3Outgoing        a body into DATA frames
 *   Http3Frames          the bytes of an answer's frames
 * </pre>
 */
@NullMarked
package darban.protocol.h3;

import org.jspecify.annotations.NullMarked;
