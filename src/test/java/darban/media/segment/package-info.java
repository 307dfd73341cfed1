/** Plans of cuts, by tables. */
@NullMarked
package darban.media.segment;

import org.jspecify.annotations.NullMarked;
