/** Users and passwords. */
@NullMarked
package darban.access;

import org.jspecify.annotations.NullMarked;
