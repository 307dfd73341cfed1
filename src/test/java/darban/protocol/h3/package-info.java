/** HTTP/3 through a whole gateway. */
@NullMarked
package darban.protocol.h3;

import org.jspecify.annotations.NullMarked;
