/**
 * Recordings as players stream them: ordinary MP4 files offered as HLS and DASH without anything
 * being made beforehand.
 *
 * <pre>
 *   Movie… ─ SegmentPlan ─► Recording ─ answer(name) ─► playlist, manifest, head, segment as pieces
 * </pre>
 *
 * <p>May import all other packages of {@code media}.
 */
@NullMarked
package darban.media.recording;

import org.jspecify.annotations.NullMarked;
