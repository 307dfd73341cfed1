/**
 * The origin of live streams: publishers put files or whole tracks here, viewers get them while
 * they come, and playlists of HLS and DASH made of them.
 *
 * <pre>
 *   PUT POST DELETE ─► Publishing ─► Hub      ffmpeg, encoders of DASH-IF's live media ingest
 *   GET HEAD OPTIONS ─► Viewing   ◄─ Hub      players, caches; held until what they ask for is there
 *   GET stream/ ──────► Watching               a page that plays the stream
 *   Relay ── Pull, Push ──────── Hub       other origins: what is watched here, what is sent here
 * </pre>
 *
 * <p>The first part of a path below the route's folder names the stream, the rest a file of it.
 * Browsers are let in from any page: every answer has the fields of CORS, errors too.
 */
@NullMarked
package darban.serve.live;

import org.jspecify.annotations.NullMarked;
