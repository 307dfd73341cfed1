/** Metadata of radio streams at every split. */
@NullMarked
package darban.media.radio;

import org.jspecify.annotations.NullMarked;
