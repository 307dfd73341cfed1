/** Tests of the control plane. */
@NullMarked
package darban.admin;

import org.jspecify.annotations.NullMarked;
