/**
 * Who is who: users, their passwords and how they are kept, and how clients prove to be one.
 *
 * <p>May import floors 0 to 2 and {@code exchange}. Sees Bouncy Castle for one thing, bcrypt, which
 * the JDK lacks.
 */
@NullMarked
package darban.access;

import org.jspecify.annotations.NullMarked;
