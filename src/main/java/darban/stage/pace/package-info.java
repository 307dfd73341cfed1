/**
 * Sends what is long no faster than it is played: a burst for the start, then at a rate, so that a
 * viewer who leaves early wastes little and one fast client leaves room for others. Origins are
 * read no faster than that either, but for what a cache keeps: of that a cache with a disk fetches
 * as far ahead of a viewer as its {@code read-ahead} says.
 */
@NullMarked
package darban.stage.pace;

import org.jspecify.annotations.NullMarked;
