/**
 * Byte formats as pure code: HTTP/1 heads and chunks. Arrays in, values out; whoever reads from a
 * network feeds them, at whatever points the bytes happen to be split.
 *
 * <p>May import {@code base} and {@code http}.
 */
@NullMarked
package darban.wire;

import org.jspecify.annotations.NullMarked;
