/** Who may pass: asks for the name and password of a user (RFC 7617, RFC 9110 §11). */
@NullMarked
package darban.stage.gate;

import org.jspecify.annotations.NullMarked;
