/** Reports of players, by tables. */
@NullMarked
package darban.media.report;

import org.jspecify.annotations.NullMarked;
