/**
 * The life of one request, from the head a listener read to the answer it writes.
 *
 * <pre>
 *   ServerStream ─► Exchange ─► Routes ─► Pipeline: stage ► stage ► … ► Endpoint
 *   ServerStream ◄────────────────────── Reply ◄── Future ◄────────────────┘
 *                                          ▲
 *                      Failure ─► Refusal ─┘
 * </pre>
 *
 * <p>A {@link darban.exchange.Stage} proceeds, answers or fails; an {@link
 * darban.exchange.Endpoint} answers or fails. Whatever fails anywhere is a {@link
 * darban.base.Failure}, and {@link darban.exchange.Refusal} is the only place that makes an answer
 * of it. Once a head is sent there is no other answer: the stream is reset.
 *
 * <p>May import floors 0 to 2.
 */
@NullMarked
package darban.exchange;

import org.jspecify.annotations.NullMarked;
