/**
 * Films, streamed: HLS and DASH of ordinary MP4 files, made while they are asked for; and a library
 * of films and music to look at, in browsers.
 *
 * <pre>
 *   GET film.mp4                        the file, its head in front
 *   GET film.mp4/index.m3u8  …/v0/0.m4s
 *         │
 *   FilmServer    of a folder   ─┐ Shelf has its film? ─ no ─► Film: the head of the file, subtitles
 *   OriginFilms   of an origin  ─┘         │ yes
 *         ▼                                ▼
 *      Reply ◄── Sequence ◄───── Offer ◄─ Recording.answer(name)
 *              LocalPieces       payload: by sendfile or in memory off the heap, from the file or,
 *             OriginPieces       by ranges of one version through the cache, from the origin;
 *                                what is muxed or encrypted is made there (Product)
 *
 *   GET folder/                         LibraryPage, film.mp4/  PlayerPage ─┐
 *   GET folder/~list.json               the folder                          │ Pages ─► Stock
 *   GET folder/~list.json?q=words       what is called so, in it and below  │
 *   GET film.mp4/item.json  …/poster    what it is; a picture of it        ─┘
 * </pre>
 *
 * <p>Who comes by a signed link sees the folder that it is for, and no way out of it: pages send
 * him on to where the token is in the path, and all their addresses are relative.
 *
 * <p>What is read of a film is read once for all who wait ({@link darban.serve.media.Reads}), in
 * turns that are few and share a room for what they hold ({@link darban.serve.media.Turns}); what
 * nobody waits for any more is given up, and what is slow gives way to those who stand in line.
 *
 * <p>All names under a film are those of {@link darban.media.recording.Recording}; {@code
 * index.m3u8} and {@code index.mpd} are its entrances, {@code ts.m3u8} that of old players. What is
 * asked of a file that is no film, or a broken one, is answered by 422 and a sentence that says
 * what is wrong with it.
 *
 * <p>Files of a folder that differ in the size of their pictures are one film ({@link
 * darban.serve.media.Rendition}), of which pages have the largest only. Which there are behind an
 * origin tells its own index of the folder, or the configuration.
 *
 * <p>Where {@code browse} is on, people get pages and programs get JSON, both of them by the same
 * addresses that count from the library's root. A list has {@code path} and {@code items}: of each
 * {@code kind} (folder, video, sound), {@code path}, {@code title}, {@code href} of its page from
 * the list, and where they are known {@code size}, {@code modified} and {@code seconds}. An item
 * has these and {@code poster}, {@code file}, {@code type}, {@code tags}, {@code tracks}, {@code
 * subtitles}, {@code chapters}, and {@code hls} and {@code dash} if it is streamed; or {@code
 * wrong}, a sentence. Pages and JSON are readable by pages of the same site only, what players get
 * by all.
 */
@NullMarked
package darban.serve.media;

import org.jspecify.annotations.NullMarked;
