/**
 * The disk tier of the store.
 *
 * <p>May import floors 0 to 3 as far as {@code store}.
 */
@NullMarked
package darban.store.disk;

import org.jspecify.annotations.NullMarked;
