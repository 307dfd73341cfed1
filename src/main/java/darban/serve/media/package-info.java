/**
 * Films, streamed: HLS and DASH of ordinary MP4 files, made while they are asked for.
 *
 * <pre>
 *   GET film.mp4                        the file, its head in front
 *   GET film.mp4/index.m3u8  …/v0/0.m4s
 *         │
 *   FilmServer    of a folder   ─┐ Shelf has its film? ─ no ─► Film: the head of the file, subtitles
 *   OriginFilms   of an origin  ─┘         │ yes
 *         ▼                                ▼
 *      Reply ◄─ PiecesBody ◄──── Offer ◄─ Recording.answer(name)
 *               OriginBody       payload: by sendfile or in memory off the heap, from the file or,
 *                                by ranges of one version through the cache, from the origin
 * </pre>
 *
 * <p>All names under a film are those of {@link darban.media.recording.Recording}; {@code
 * index.m3u8} and {@code index.mpd} are its entrances. Where asked for, people get {@link
 * darban.serve.media.Pages}. What is asked of a file that is no film, or a broken one, is answered
 * by 422 and a sentence that says what is wrong with it.
 */
@NullMarked
package darban.serve.media;

import org.jspecify.annotations.NullMarked;
