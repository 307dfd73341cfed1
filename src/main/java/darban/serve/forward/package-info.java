/**
 * The forward proxy: absolute-form requests (RFC 9112 §3.2.2) and tunnels by CONNECT (RFC 9110
 * §9.3.6), over every HTTP version.
 *
 * <p>It dials for strangers, so each address is judged after resolution, at the moment it is
 * dialled: private networks and Darban's own listeners are out of reach unless the configuration
 * names them.
 */
@NullMarked
package darban.serve.forward;

import org.jspecify.annotations.NullMarked;
