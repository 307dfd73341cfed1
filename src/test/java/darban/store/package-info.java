/** Mirrors {@code darban.store}. */
@NullMarked
package darban.store;

import org.jspecify.annotations.NullMarked;
