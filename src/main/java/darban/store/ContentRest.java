package darban.store;

import darban.flow.Body;
import darban.flow.FileSlice;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Holds a content as long as a slice of its file is on its way, and reads on where the file fails.
 * Any thread; closed with the slice.
 *
 * @param held let go of when this is closed
 * @param start of the slice within the content, in bytes
 * @param otherwise reads the content from an offset on
 */
record ContentRest(Content held, long start, LongFunction<Body.@Nullable Stream> otherwise)
    implements FileSlice.Rest {
  @Override
  public Body.@Nullable Stream from(long position) {
    return otherwise.apply(start + position);
  }

  @Override
  public void close() {
    held.release();
  }
}
