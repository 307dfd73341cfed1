/** The reverse proxy: an exchange is passed on to one of a service's servers, both ways at once. */
@NullMarked
package darban.serve.reverse;

import org.jspecify.annotations.NullMarked;
