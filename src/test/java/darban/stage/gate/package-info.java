/** Who may pass. */
@NullMarked
package darban.stage.gate;

import org.jspecify.annotations.NullMarked;
