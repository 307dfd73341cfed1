/** The top of the house: command line, start and stop, the parts of one configuration. */
@NullMarked
package darban.app;

import org.jspecify.annotations.NullMarked;
