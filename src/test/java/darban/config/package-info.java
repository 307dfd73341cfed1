@NullMarked
package darban.config;

import org.jspecify.annotations.NullMarked;
