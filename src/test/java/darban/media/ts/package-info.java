/** Transport streams that ffmpeg decodes to the frames of the file they are of. */
@NullMarked
package darban.media.ts;

import org.jspecify.annotations.NullMarked;
