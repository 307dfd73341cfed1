/** Tests of the cache as a step of the pipeline. */
@NullMarked
package darban.stage.cache;

import org.jspecify.annotations.NullMarked;
