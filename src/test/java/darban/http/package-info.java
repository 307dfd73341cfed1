/** RFC 9110 as values, by tables. */
@NullMarked
package darban.http;

import org.jspecify.annotations.NullMarked;
