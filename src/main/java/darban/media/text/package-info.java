/**
 * Subtitles: SubRip, WebVTT and timed text of MP4, in whatever encoding, as WebVTT.
 *
 * <pre>
 *   bytes ─ TextEncoding ─► text ─ SubRip, WebVttParser ─► Subtitles ─ WebVtt ─► whole, or segments
 * </pre>
 */
@NullMarked
package darban.media.text;

import org.jspecify.annotations.NullMarked;
