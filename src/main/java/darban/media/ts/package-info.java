/**
 * MPEG transport streams (ISO/IEC 13818-1) for old players: H.264 with AAC, MP3, AC-3 or E-AC-3.
 *
 * <pre>
 *   Segments ─ TsOrder: what next? ─► caller reads the samples ─ TsMuxer ─► packets of 188 bytes
 *     AnnexB  NAL units, parameter sets      Adts  headers of AAC      Tables  PAT and PMT
 * </pre>
 *
 * <p>May import {@code media.mp4} and {@code media.segment}.
 */
@NullMarked
package darban.media.ts;

import org.jspecify.annotations.NullMarked;
