/** Pacing. */
@NullMarked
package darban.stage.pace;

import org.jspecify.annotations.NullMarked;
