/**
 * Media as values: files read, segments cut and manifests written, as pure code.
 *
 * <p>Payload does not pass through here but where a transport stream is written or read: what holds
 * it is told as pieces of files ({@link darban.media.Pieces}), which the upper floors send as they
 * can. What is no media is {@link darban.media.MalformedMedia}, and nothing else is thrown at bad
 * input. Nobody here knows a network, a file system or a clock.
 *
 * <pre>
 *   recording     an ordinary MP4 file, or several, as HLS and DASH: all names and what is under them
 *      │
 *      ├─ ts ─ cmaf    segments written, what is uploaded read       library   length, tags, covers
 *      ├─ hls, dash    playlists and manifests, ours and others'     report    CMCD
 *      ├─ text         subtitles                                     radio     ICY metadata
 *      └─ segment      where tracks are cut
 *           └─ mp4     files read, by spans; sample tables
 * </pre>
 *
 * <p>May import {@code base} and {@code http}.
 */
@NullMarked
package darban.media;

import org.jspecify.annotations.NullMarked;
