/**
 * Certificates, keys and the TLS contexts made of them, for listeners and towards origins.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8446">RFC 8446</a>
 */
@NullMarked
package darban.tls;

import org.jspecify.annotations.NullMarked;
