@NullMarked
package darban.stage.cache;

import org.jspecify.annotations.NullMarked;
