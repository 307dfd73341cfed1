/**
 * MPEG transport streams (ISO/IEC 13818-1): written for old players, of H.264 with AAC, MP3, AC-3
 * or E-AC-3; and read from encoders, which may send HEVC too, as CMAF tracks.
 *
 * <pre>
 *   Segments ─ TsOrder: what next? ─► caller reads the samples ─ TsMuxer ─► packets of 188 bytes
 *     AnnexB  NAL units, parameter sets      Adts  headers of AAC      Tables  PAT and PMT
 *
 *   bytes of an upload ─ TsDemuxer ─► ftyp moov, moof mdat …  of each track
 *     Sections, ProgramTables  PAT and PMT      Pes  packets      PictureReader, SoundReader  samples
 * </pre>
 *
 * <p>May import {@code media.mp4}, {@code media.segment} and {@code media.cmaf}.
 */
@NullMarked
package darban.media.ts;

import org.jspecify.annotations.NullMarked;
