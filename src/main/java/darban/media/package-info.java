/**
 * Media as values: files read, segments cut and manifests written, as pure code.
 *
 * <p>Payload never passes through here: what holds it is told as pieces of files ({@link
 * darban.media.Pieces}), which the upper floors send as they can. What is no media is {@link
 * darban.media.MalformedMedia}, and nothing else is thrown at bad input. Nobody here knows a
 * network, a file system or a clock.
 *
 * <p>May import {@code base} and {@code http}.
 */
@NullMarked
package darban.media;

import org.jspecify.annotations.NullMarked;
