/** Manifests that are changed. */
@NullMarked
package darban.stage.manifest;

import org.jspecify.annotations.NullMarked;
