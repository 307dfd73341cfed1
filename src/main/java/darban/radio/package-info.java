/**
 * Radio: what a source sends is heard by any number of listeners at once.
 *
 * <pre>
 *   Source ──► Mount: piece ► piece ► piece ► …      one chain a mount, shared by all event loops
 *                      ▲ a new listener begins here   │
 *                      └── burst ──┘                  ▼ rings each loop once
 *                         Listener, Listener, Listener …  each at its own place in the chain
 * </pre>
 *
 * <p>A listener holds nothing but its place. Who falls behind by more than the queue is let go of,
 * or skips what he missed, so that the chain is never longer than that.
 *
 * <p>May import floors 0 to 2 and {@code access}.
 */
@NullMarked
package darban.radio;

import org.jspecify.annotations.NullMarked;
