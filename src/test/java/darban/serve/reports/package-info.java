/** Reports of players. */
@NullMarked
package darban.serve.reports;

import org.jspecify.annotations.NullMarked;
