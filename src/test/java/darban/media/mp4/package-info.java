/** MP4 files of ffmpeg's, held against what ffprobe reads in them. */
@NullMarked
package darban.media.mp4;

import org.jspecify.annotations.NullMarked;
