/**
 * Radio as Icecast does it: sources send to a mount, listeners hear it.
 *
 * <pre>
 *   SOURCE, PUT /jazz.mp3        by a user; without an end that is told on listeners with `sources`
 *   GET /admin/metadata          by the same: ?mode=updinfo&mount=/jazz.mp3&song=…
 *   GET /jazz.mp3                who asks by Icy-MetaData gets titles between the sounds
 *   GET /jazz.mp3.m3u .pls .xspf a little file that opens it in a player
 * </pre>
 *
 * <p>A source that tells no end is a connection of its own from its head on, as a tunnel is: no
 * byte of it is ever read as a request. Where the listener does not allow that it is refused.
 */
@NullMarked
package darban.serve.radio;

import org.jspecify.annotations.NullMarked;
