/**
 * What can be seen of the house from outside: a timeline per exchange, from which the access log
 * and the metrics are made; logs and metrics themselves.
 *
 * <p>May import floors 0 and 1, and {@code flow}.
 */
@NullMarked
package darban.observe;

import org.jspecify.annotations.NullMarked;
