/**
 * Live streams: one writer, many readers, bounded memory.
 *
 * <pre>
 *   publisher ─ Upload ─ Ingest ─► Clip ─ ClipReader ─► viewer   readable while it comes, each at its
 *                         │         ▲                            speed
 *                         │         └── ring of LiveStream: by time and bytes; the oldest go
 *                         └ chunks ─► Track ─► playlists         parts, held requests: Waiting
 *                                       └──► Recorder ─► Recording on disk, for later
 * </pre>
 *
 * <p>A transport stream that is uploaded in one piece is a {@link Multiplex} of tracks. It is known
 * by its first bytes, and by a name without a number: a publisher of HLS, whose files are passed on
 * as they are, numbers them.
 *
 * <p>A publisher names files, and they are found by these names. What is cut of a track, and the
 * playlists of it, have names of their own that are never used again.
 *
 * <p>A track is also one body without end, a {@link Feed}: so it goes to another origin and comes
 * from one, and so another stream, or a {@link Slate}, stands in for a publisher that is silent
 * ({@link StandIns}).
 *
 * <p>From one start of an encoder to the next its times have one {@link Timeline}. In HLS there is
 * a break between two, in DASH a period for each; a player of DASH keeps the manifest that counts
 * from the timeline it began with.
 *
 * <p>May import floors 0 to 2 and {@code access}.
 */
@NullMarked
package darban.live;

import org.jspecify.annotations.NullMarked;
