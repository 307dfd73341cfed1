/**
 * What a cache in front of others' live streams needs to know of their manifests: what they are,
 * how quickly they grow old, whether the encoder began anew.
 *
 * <p>May import {@code hls} and {@code dash}.
 */
@NullMarked
package darban.media.edge;

import org.jspecify.annotations.NullMarked;
