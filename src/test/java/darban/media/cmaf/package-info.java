/** Segments that ffmpeg decodes to the frames of the file they are of. */
@NullMarked
package darban.media.cmaf;

import org.jspecify.annotations.NullMarked;
