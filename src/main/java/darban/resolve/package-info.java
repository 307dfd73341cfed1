/**
 * From a name to a connected channel: name resolution, the guard over private addresses, and the
 * race between several addresses of one name (RFC 8305, "happy eyeballs").
 *
 * <pre>
 *   Destination ─► Resolver ─ addresses ─► AddressGuard ─ allowed ones ─► Dialer ─► Channel
 * </pre>
 *
 * <p>The guard looks at the address that is dialled and not at the name, so no answer of a name
 * server can lead behind it.
 *
 * <p>May import floors 0 and 1, and {@code flow}.
 */
@NullMarked
package darban.resolve;

import org.jspecify.annotations.NullMarked;
