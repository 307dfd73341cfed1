/**
 * Lets pages of other sites read what a route answers (Fetch, "CORS protocol"): refusals and "not
 * yet" too, for a player that may not read an error takes it for a broken network and asks again
 * and again. Preflights are answered here, so that they reach neither cache nor origin.
 */
@NullMarked
package darban.stage.cors;

import org.jspecify.annotations.NullMarked;
