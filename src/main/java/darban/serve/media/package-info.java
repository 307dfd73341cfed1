/**
 * Films of a folder, streamed: HLS and DASH of ordinary MP4 files, made while they are asked for.
 *
 * <pre>
 *   GET film.mp4                        the file, its head in front
 *   GET film.mp4/index.m3u8  …/v0/0.m4s
 *         │
 *   FilmServer ─ worker: Shelf has its film? ─ no ─► Film.read: the head of the file, subtitles
 *         │                     │ yes
 *         ▼                     ▼
 *      Reply ◄─ PiecesBody ◄─ Recording.answer(name)     payload: from the file to memory off the
 *                                                        heap to the socket, or by sendfile
 * </pre>
 *
 * <p>All names under a film are those of {@link darban.media.recording.Recording}; {@code
 * index.m3u8} and {@code index.mpd} are its entrances. What is asked of a file that is no film, or
 * a broken one, is answered by 422 and a sentence that says what is wrong with it.
 */
@NullMarked
package darban.serve.media;

import org.jspecify.annotations.NullMarked;
