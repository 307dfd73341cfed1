/** Bytes in motion, on real event loops. */
@NullMarked
package darban.flow;

import org.jspecify.annotations.NullMarked;
