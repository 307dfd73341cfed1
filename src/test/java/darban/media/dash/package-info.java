/** Manifests of DASH: ours as ffmpeg plays them, others' as they were but for what is changed. */
@NullMarked
package darban.media.dash;

import org.jspecify.annotations.NullMarked;
