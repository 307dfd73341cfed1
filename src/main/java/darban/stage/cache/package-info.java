/**
 * The shared cache as a step of the pipeline (RFC 9111): answers from the {@link
 * darban.store.Store} what {@link darban.caching} calls good, and fetches the rest.
 *
 * <pre>
 *   request ─► Lookup ─ Reuse ─► fresh ───────────────────────► Answer ─► client
 *                 │              stale ── Fetch in background ─►   ▲
 *                 │              miss ──┐                          │
 *                 │              old  ──┴► flight: the first ──► Fetch ─► origin
 *                 │                        the others wait ◄──┐   │
 *                 │                        for its landing    └───┤ stored: all read the one entry
 *                 └─► unsafe methods pass, and invalidate         └ not storable: each goes alone
 * </pre>
 *
 * <p>A fetch is a background exchange: it outlives the client that caused it as long as others
 * wait. Bytes that are missing of a large content are asked for by range, and the origin's head for
 * each of them is looked at before the client gets any head.
 *
 * <p>Who asks for one part after the other has the slices behind it fetched meanwhile: as far ahead
 * of what was read as {@code read-ahead} says, so that a slow or paced client has no more fetched
 * than a fast one. When a client leaves amid a part, both are aborted, but for a slice that is
 * nearly there; when it has the whole part, what is read ahead comes: it may be asked for next.
 */
@NullMarked
package darban.stage.cache;

import org.jspecify.annotations.NullMarked;
