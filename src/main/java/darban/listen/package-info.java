/**
 * Where bytes come in: sockets that are bound once for all event loops, and the kinds of listeners
 * on them.
 */
@NullMarked
package darban.listen;

import org.jspecify.annotations.NullMarked;
