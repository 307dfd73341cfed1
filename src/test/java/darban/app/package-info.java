@NullMarked
package darban.app;

import org.jspecify.annotations.NullMarked;
