/**
 * Content steering (RFC 8216bis §7, DASH-IF CTS): tells players of HLS and DASH which of the
 * pathways that their manifest offers they are to prefer, and when to ask again.
 */
@NullMarked
package darban.serve.steering;

import org.jspecify.annotations.NullMarked;
