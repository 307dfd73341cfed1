/** What a proxy says of itself and of the client. */
@NullMarked
package darban.stage.forwarded;

import org.jspecify.annotations.NullMarked;
