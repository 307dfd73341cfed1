/** Byte formats: every rule, every split point, seeded fuzz. */
@NullMarked
package darban.wire;

import org.jspecify.annotations.NullMarked;
