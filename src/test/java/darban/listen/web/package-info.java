/** Who is let in. */
@NullMarked
package darban.listen.web;

import org.jspecify.annotations.NullMarked;
