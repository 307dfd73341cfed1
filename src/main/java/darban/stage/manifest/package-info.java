/**
 * Changes the manifests of others on their way from the origin: addresses, and what is offered.
 * What it does not change, known here or not, comes out as it came in. It stands behind the cache,
 * which thus keeps what is sent.
 */
@NullMarked
package darban.stage.manifest;

import org.jspecify.annotations.NullMarked;
