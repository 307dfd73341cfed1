/** Ground values, by tables. */
@NullMarked
package darban.base;

import org.jspecify.annotations.NullMarked;
