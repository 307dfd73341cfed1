/** Files of ffmpeg's, held against what ffprobe says of them. */
@NullMarked
package darban.media.library;

import org.jspecify.annotations.NullMarked;
