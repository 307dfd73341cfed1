/** HTTP/1 over raw sockets through a whole gateway. */
@NullMarked
package darban.protocol.h1;

import org.jspecify.annotations.NullMarked;
