/**
 * Playlists of HLS (RFC 8216bis).
 *
 * <pre>
 *   bytes ─ HlsPlaylist (lines, kept as they are) ─ rewritten(addresses), keeping(variants) ─► bytes
 *                │ what they mean
 *                ├─► MultivariantPlaylist   Variant, Rendition
 *                └─► MediaPlaylist          Segment, Part   ─ bytes(), delta() ─► bytes
 * </pre>
 *
 * <p>Playlists of others are changed in their lines; ours are written from values.
 */
@NullMarked
package darban.media.hls;

import org.jspecify.annotations.NullMarked;
