/**
 * The HTTP versions on a connection, in both roles. One request and its answer look the same
 * whatever the version:
 *
 * <pre>
 *   a client's bytes ─► h1 | h2 | h3 server connection ─► ServerHandler.request(ServerStream)
 *   an origin's bytes ◄─ h1 | h2 client connection ◄─ ClientConnection.send(…) ─► ClientHandler
 * </pre>
 *
 * <p>Darban reads and writes HTTP/1 and HTTP/2 itself, on Netty channels of Vert.x event loops. A
 * gateway must refuse what a server may forgive (two readings of one message are an attack), must
 * not lose a byte that comes early in a tunnel, must notice surplus bytes behind a response before
 * the connection serves someone else, and pays for every copy; the general server and client of a
 * framework decide these otherwise. HTTP/3 stands on Netty's codec.
 *
 * <p>May import floors 0 and 1, and {@code flow}.
 */
@NullMarked
package darban.protocol;

import org.jspecify.annotations.NullMarked;
