package darban.media.mp4;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import java.nio.ByteBuffer;

/**
 * The head of a stream of fragments, such as the first segment of a CMAF track. Immutable, any
 * thread.
 *
 * @param movie what it says; its tracks have no samples yet
 * @param defaults what fragments behind it leave out
 */
public record MovieHead(Movie movie, FragmentDefaults defaults) {
  /** Reads a {@code moov} and what stands before it, all of which is in {@code bytes}. */
  public static MovieHead read(ByteBuffer bytes) {
    for (Box box : Box.in(Cursor.over(bytes, "head"))) {
      if (box.type().equals("moov")) {
        MoovParser parser = new MoovParser(MovieLimits.DEFAULT, Long.MAX_VALUE);
        parser.read(box.body().rest(), 0);
        return new MovieHead(parser.movie(), parser.defaults());
      }
    }
    throw new MalformedMedia("it has no head");
  }
}
