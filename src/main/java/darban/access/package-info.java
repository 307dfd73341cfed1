/**
 * Who is who: users, their passwords and how they are kept.
 *
 * <p>May import floors 0 to 2. Sees Bouncy Castle for one thing, bcrypt, which the JDK lacks.
 */
@NullMarked
package darban.access;

import org.jspecify.annotations.NullMarked;
