/** Tests of {@code darban.media.edge}. */
@NullMarked
package darban.media.edge;

import org.jspecify.annotations.NullMarked;
