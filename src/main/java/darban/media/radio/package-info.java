/**
 * Radio over HTTP, as SHOUTcast began it and Icecast goes on: what plays is told between the
 * sounds.
 *
 * <pre>
 *   │ sound, icy-metaint bytes │ n │ n × 16 bytes of text │ sound │ 0 │ sound …
 * </pre>
 */
@NullMarked
package darban.media.radio;

import org.jspecify.annotations.NullMarked;
