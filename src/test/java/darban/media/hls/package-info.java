/** Playlists: what stays, what changes, what they mean. */
@NullMarked
package darban.media.hls;

import org.jspecify.annotations.NullMarked;
