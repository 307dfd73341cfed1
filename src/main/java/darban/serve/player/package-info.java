/**
 * Pages that play what a route passes on: a browser that goes to the address of an HLS playlist, or
 * to the folder of one, gets a page in its place; players, and the page's own script, get what they
 * would get without.
 *
 * <pre>
 *   GET …/yard/index.m3u8   by a player ─────────────────────────────► the playlist
 *                           by a browser that goes there ─► is there one? ─ yes ─► a page
 *                                                                 └ no ─► what the origin says
 * </pre>
 *
 * <p>Browsers tell that they go somewhere by {@code Sec-Fetch-Dest: document}, on plain HTTP by
 * their {@code Accept} only; the answers vary by both. Whether there is a playlist is asked in the
 * client's name, so that whoever may not have it sees why. The page's scripts are had by an address
 * with their version in it, for which origins have no use.
 */
@NullMarked
package darban.serve.player;

import org.jspecify.annotations.NullMarked;
