/** Radio. */
@NullMarked
package darban.serve.radio;

import org.jspecify.annotations.NullMarked;
