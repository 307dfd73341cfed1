/**
 * Bytes in motion: the event loop they live on, bodies, and the joining of two connections.
 *
 * <pre>
 *   Body.Stream ──data, flush, end │ fail──► Sink
 *        ▲                                    │
 *        └──────── pause, resume, cancel ─────┘
 * </pre>
 *
 * <p>A consumer opens a stream and is from then on its only reader: it slows the stream down when
 * it cannot take more, so that no queue grows. A stream that breaks <em>fails</em> its sink, and a
 * sink that is failed resets what it writes to: a cut body never looks like a whole one.
 *
 * <p>Buffers: whoever is handed a {@code ByteBuf} by {@link darban.flow.Sink#data} owns it and
 * releases it or hands it on. A {@link darban.flow.Body} that nobody opens is ended by {@link
 * darban.flow.Body#discard}. Nobody keeps a buffer beyond a call without one of these two.
 *
 * <p>May import floors 0 and 1.
 */
@NullMarked
package darban.flow;

import org.jspecify.annotations.NullMarked;
