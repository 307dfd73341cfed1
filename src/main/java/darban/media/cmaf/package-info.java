/**
 * CMAF (ISO/IEC 23000-19): segments written for players, chunks read from publishers.
 *
 * <pre>
 *   Segments ─ InitSegment ──► ftyp moov                         bytes
 *            └ MediaSegment ─► styp moof mdat-header │ samples   bytes, then parts of the file
 *   samples as they come ─ ChunkWriter ─► ftyp moov, moof mdat …
 *   bytes of an upload ─ ChunkParser ─► init, chunk began, chunk ended
 * </pre>
 *
 * <p>Composition offsets are never negative, and an edit list hides what is decoded before it is
 * shown or heard: players of all kinds agree on that, and not on the negative offsets that brand
 * {@code cmf2} wants (ffmpeg 5 shows such pictures late). May import {@code media.mp4} and {@code
 * media.segment}.
 */
@NullMarked
package darban.media.cmaf;

import org.jspecify.annotations.NullMarked;
