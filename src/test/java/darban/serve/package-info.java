/** Tests of what the ends of pipelines share. */
@NullMarked
package darban.serve;

import org.jspecify.annotations.NullMarked;
