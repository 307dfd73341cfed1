/** Recordings as others play them. */
@NullMarked
package darban.media.recording;

import org.jspecify.annotations.NullMarked;
