/** Servers behind us: balance, pools, tries. */
@NullMarked
package darban.origin;

import org.jspecify.annotations.NullMarked;
