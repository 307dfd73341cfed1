/** Tests of listening sockets. */
@NullMarked
package darban.listen;

import org.jspecify.annotations.NullMarked;
