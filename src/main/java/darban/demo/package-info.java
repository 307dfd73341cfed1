/**
 * A small origin server of Darban's own, so that the first start has something to show: a page, a
 * clock that ticks through the gateway piece by piece, an echoing WebSocket, and a short video. It
 * is an ordinary server on an address of its own; the gateway treats it like any other.
 *
 * <p>May import floors 0 to 3.
 */
@NullMarked
package darban.demo;

import org.jspecify.annotations.NullMarked;
