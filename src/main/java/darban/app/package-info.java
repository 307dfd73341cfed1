/**
 * The top of the house: command line, start and stop, the parts of one configuration, and the way
 * from one configuration to the next.
 *
 * <pre>
 *   Running ─► Gateway ─── start, reload ───► Changeover
 *   signals      │ one Vert.x, its loops          │ opens and builds what is new, then swaps
 *                ▼                                ▼
 *              House                          Installed ── Graph ── Part: OpenService, OpenForward,
 *                │ outlives them all                                      Caching, OpenLog
 *                └─ Listeners ── WebListener: its sockets pass on to its successor
 * </pre>
 *
 * <p>A part that the next configuration describes by an equal record is kept. Another is built
 * before anything changes; the old one is retired at the change and closed when the last exchange
 * that began by it is over.
 */
@NullMarked
package darban.app;

import org.jspecify.annotations.NullMarked;
