/**
 * Stored responses: their bytes, whole or still coming, and where they lie.
 *
 * <pre>
 *   origin ─ Feed ─► Content ─ ContentReader ─► client        a feed writes, any number of readers
 *            Feed ─►    │    ─ ContentReader ─► client        follow, each at its own speed
 *                       ▼
 *          pieces in memory ─► SliceFile on disk
 * </pre>
 *
 * <p>May import floors 0 to 2.
 */
@NullMarked
package darban.store;

import org.jspecify.annotations.NullMarked;
