/** Media held against what other programs read and write. */
@NullMarked
package darban.media;

import org.jspecify.annotations.NullMarked;
