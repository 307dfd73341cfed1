/** HTTP/2 by raw frames through a whole gateway. */
@NullMarked
package darban.protocol.h2;

import org.jspecify.annotations.NullMarked;
