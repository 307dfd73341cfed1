/**
 * Manifests of DASH (ISO/IEC 23009-1).
 *
 * <pre>
 *   AdaptationSet, Representation, Addressing ─ DashManifest ─► bytes        ours
 *   bytes ─ ManifestCopy (DashRewrite) ─► bytes                              others'
 *   bytes ─ DashInfo: how long may it be kept?
 *   bytes ─ SegmentReader ─► SegmentInformation ─► DashSegments: what will be asked for?
 *                                                   └ SegmentSeries = UrlTemplate, SegmentTimes
 * </pre>
 */
@NullMarked
package darban.media.dash;

import org.jspecify.annotations.NullMarked;
