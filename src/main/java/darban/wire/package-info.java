/**
 * Byte formats as pure code: heads and chunks of HTTP/1, field sections of HTTP/2 and HTTP/3.
 * Arrays in, values out; whoever reads from a network feeds them, at whatever points the bytes
 * happen to be split.
 *
 * <p>May import {@code base} and {@code http}.
 */
@NullMarked
package darban.wire;

import org.jspecify.annotations.NullMarked;
