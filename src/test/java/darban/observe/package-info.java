/** What the logs say. */
@NullMarked
package darban.observe;

import org.jspecify.annotations.NullMarked;
