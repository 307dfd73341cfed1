/**
 * HTTP as values (RFC 9110): methods, fields, targets, heads, dates. Immutable, any thread; nothing
 * here reads a byte from a network or knows the time.
 *
 * <p>May import {@code base}.
 */
@NullMarked
package darban.http;

import org.jspecify.annotations.NullMarked;
