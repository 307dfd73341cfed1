/** Content steering. */
@NullMarked
package darban.serve.steering;

import org.jspecify.annotations.NullMarked;
