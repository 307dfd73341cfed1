/** Binding, and when to let nobody in. */
@NullMarked
package darban.listen;

import org.jspecify.annotations.NullMarked;
