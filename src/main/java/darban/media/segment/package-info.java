/**
 * Where recordings are cut into segments.
 *
 * <pre>
 *   pictures  │S····S····S····S····S│        S: sync samples; cut at those near the wished length
 *   segment   │    0    │    1    │ …
 *   sound     │─────────│─────────│ …        cut behind the first sample past each of those times
 * </pre>
 *
 * <p>May import {@code media.mp4}.
 */
@NullMarked
package darban.media.segment;

import org.jspecify.annotations.NullMarked;
