/**
 * Changes the manifests of others on their way from the origin: addresses, and what is offered.
 * What it does not change, known here or not, comes out as it came in. It stands behind the cache,
 * which thus keeps what is sent.
 *
 * <p>With pathways (content steering, RFC 8216bis §7) a manifest offers everything several times:
 * variants of HLS are copied, with groups of sound and subtitles for each, and DASH gets as many
 * addresses that all others are relative to. Those of other hosts are led nowhere.
 */
@NullMarked
package darban.stage.manifest;

import org.jspecify.annotations.NullMarked;
