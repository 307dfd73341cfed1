/**
 * HTTP/3 on a QUIC connection (RFC 9114), server role: each stream is a channel of its own, on the
 * event loop of its connection, with one handler. QPACK's dynamic table is not used (RFC 9204):
 * what it would save costs streams that wait for each other.
 *
 * <pre>
 *   Http3Server          the connection: control stream, GOAWAY, open streams
 *   ClientStream         a stream of one direction that the client opened
 *     ControlFrames      its control stream
 *     QpackStreams       its streams of QPACK
 *   Http3RequestReader   what comes on a request's stream
 *   Http3ServerStream    one request and its answer
 *     Http3Incoming      a body from DATA frames; its reader's speed governs the stream's window
 *     Http3Outgoing      a body into DATA frames
 *   FrameReader          bytes into frames
 *   FrameWriter          frames into bytes
 * </pre>
 */
@NullMarked
package darban.protocol.h3;

import org.jspecify.annotations.NullMarked;
