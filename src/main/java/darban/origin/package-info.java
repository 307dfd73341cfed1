/**
 * The servers behind us: named groups of them, which one takes a request, the connections kept to
 * each, and when a request may be tried again.
 *
 * <pre>
 *   Group.pick ─► Server ─► Pool (one per server and event loop) ─► ClientConnection ─► Call
 *      ▲                                                                                 │
 *      └────────────── another try, if the failure and the request allow it ─────────────┘
 * </pre>
 *
 * <p>Nothing is shared between event loops but numbers for the eye.
 *
 * <p>May import floors 0 to 2.
 */
@NullMarked
package darban.origin;

import org.jspecify.annotations.NullMarked;
