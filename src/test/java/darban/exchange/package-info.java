/** Routes, pipelines and refusals. */
@NullMarked
package darban.exchange;

import org.jspecify.annotations.NullMarked;
