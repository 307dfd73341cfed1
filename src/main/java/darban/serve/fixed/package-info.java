/** Answers that the configuration itself holds: {@code redirect} and {@code respond}. */
@NullMarked
package darban.serve.fixed;

import org.jspecify.annotations.NullMarked;
