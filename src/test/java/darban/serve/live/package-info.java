/** Live streams as publishers and viewers see them. */
@NullMarked
package darban.serve.live;

import org.jspecify.annotations.NullMarked;
