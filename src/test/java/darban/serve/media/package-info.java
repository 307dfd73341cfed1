/** Films as players get them. */
@NullMarked
package darban.serve.media;

import org.jspecify.annotations.NullMarked;
