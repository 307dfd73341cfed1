/**
 * The control plane: metrics, health and commands on an address of their own. Its client, the
 * command line, is here too.
 *
 * <p>Without a token it answers only to hosts that are addresses or {@code localhost}, so that no
 * web page can reach it through a name of its own (DNS rebinding).
 */
@NullMarked
package darban.admin;

import org.jspecify.annotations.NullMarked;
