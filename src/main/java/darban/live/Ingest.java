package darban.live;

import darban.base.Failure;
import darban.media.MalformedMedia;
import io.netty.buffer.ByteBuf;

/**
 * A way to take the bytes of an {@link Upload}, on the event loop of its publisher: {@link #accept}
 * any number of times, then {@link #end} or {@link #fail}. What it throws refuses the upload, and
 * {@link #fail} follows; {@link MalformedMedia} means that the media are not what they should be.
 *
 * <pre>
 *   FileIngest      one file of many, under the publisher's name; every upload begins so
 *     ├─► Cutter      fragments follow the head: a track in one piece
 *     └─► Multiplex   a transport stream in one piece
 * </pre>
 */
sealed interface Ingest permits FileIngest, Cutter, Multiplex {
  /** Takes bytes; the buffer stays the caller's. */
  void accept(ByteBuf bytes);

  /** What comes next has a numbering of its own, as segments of HLS have. */
  default void pieceEnds() {
    // Only transport streams are numbered.
  }

  /** All of it came. */
  void end();

  /** No more of it comes or is taken: nothing that it holds may look whole. Never throws. */
  void fail(Failure why);
}
