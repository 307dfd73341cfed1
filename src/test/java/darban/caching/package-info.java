/** Caching by tables: each row names the section it holds us to. */
@NullMarked
package darban.caching;

import org.jspecify.annotations.NullMarked;
