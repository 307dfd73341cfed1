/** Signed URLs. */
@NullMarked
package darban.stage.signed;

import org.jspecify.annotations.NullMarked;
