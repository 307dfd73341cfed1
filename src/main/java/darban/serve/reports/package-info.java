/**
 * Takes what players report of themselves: CMCD of version 2 (CTA-5004-A), posted in lines to an
 * address of its own. What they report along with requests needs no such route. Both are found in
 * the access log and among the metrics.
 */
@NullMarked
package darban.serve.reports;

import org.jspecify.annotations.NullMarked;
