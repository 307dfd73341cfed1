/**
 * What players tell servers beside the media: CMCD (CTA-5004).
 *
 * <p>May import {@code http}.
 */
@NullMarked
package darban.media.report;

import org.jspecify.annotations.NullMarked;
