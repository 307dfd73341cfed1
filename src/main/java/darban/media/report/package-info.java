/**
 * What players and servers tell each other beside the media: CMCD (CTA-5004) and CMSD (CTA-5006).
 *
 * <p>May import {@code http}.
 */
@NullMarked
package darban.media.report;

import org.jspecify.annotations.NullMarked;
