/** From a name to a connected channel. */
@NullMarked
package darban.resolve;

import org.jspecify.annotations.NullMarked;
