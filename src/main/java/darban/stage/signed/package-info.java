/**
 * Signed URLs: lets only those pass who bring a token that was signed with one of our keys, is not
 * over, and is for what they ask for.
 *
 * <pre>
 *   /live/yard/index.m3u8?token=…      a token of the query goes into the addresses of manifests
 *   /live/token=…/yard/index.m3u8      one of the path goes with relative addresses by itself
 *   Cookie: token=…                    one of a cookie too
 *         │ checked, and taken out
 *         ▼
 *   /live/yard/index.m3u8              what the cache and the origin see
 * </pre>
 *
 * <p>The client learns that a link is over or not valid; why stands in the log.
 */
@NullMarked
package darban.stage.signed;

import org.jspecify.annotations.NullMarked;
