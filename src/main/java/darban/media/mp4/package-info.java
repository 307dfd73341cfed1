/**
 * MP4, QuickTime and CMAF files as values: their heads read into primitive arrays, wherever they
 * lie.
 *
 * <pre>
 *   bytes of a file ─ MovieReader ─► Movie ─► Track ─► SampleTable
 *      ▲ wanted spans │   (moov first, last, fragments)   sizes, times, places, sync samples
 *      └──────────────┘
 *   Faststart: the same file with its head in front, as pieces
 * </pre>
 *
 * <p>ISO/IEC 14496-12 (boxes), 14496-14 (MPEG-4 audio), 14496-15 (H.264, HEVC); RFC 6381 and its
 * followers (names of codecs). Whatever is read is bounded by the bytes it was read from or by
 * {@link darban.media.mp4.MovieLimits}; what is wrong is {@link darban.media.MalformedMedia}.
 */
@NullMarked
package darban.media.mp4;

import org.jspecify.annotations.NullMarked;
