/** Subtitles of others as WebVTT. */
@NullMarked
package darban.media.text;

import org.jspecify.annotations.NullMarked;
