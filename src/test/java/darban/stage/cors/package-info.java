/** Tests of {@code darban.stage.cors}. */
@NullMarked
package darban.stage.cors;

import org.jspecify.annotations.NullMarked;
