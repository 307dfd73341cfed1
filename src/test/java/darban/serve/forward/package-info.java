/** Tests of the forward proxy. */
@NullMarked
package darban.serve.forward;

import org.jspecify.annotations.NullMarked;
