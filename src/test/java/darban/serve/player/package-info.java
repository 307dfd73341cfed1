/** Tests of the package of the same name. */
@NullMarked
package darban.serve.player;

import org.jspecify.annotations.NullMarked;
