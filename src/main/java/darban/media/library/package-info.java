/**
 * What a library shows of films and music: how long, whose, in which codings, where the cover is.
 *
 * <pre>
 *   InfoReader ─ by the first bytes ─► MP4 (media.mp4), Matroska and WebM, MP3, FLAC, Ogg, WAV
 *      ▲ wanted spans │                        └─► MediaInfo
 *      └──────────────┘
 * </pre>
 *
 * <p>Covers are told as places in the file and never read here. May import {@code media.mp4} and
 * {@code media.text}.
 */
@NullMarked
package darban.media.library;

import org.jspecify.annotations.NullMarked;
