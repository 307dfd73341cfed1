/** Tests of the whole house. */
@NullMarked
package darban;

import org.jspecify.annotations.NullMarked;
