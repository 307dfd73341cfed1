/** Clips, names and the rings they are in. */
@NullMarked
package darban.live;

import org.jspecify.annotations.NullMarked;
