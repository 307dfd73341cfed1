package darban.flow;

import darban.base.Failure;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;

/**
 * Where the bytes of an opened {@link Body.Stream} go. Called on the stream's event loop: {@link
 * #data} and {@link #flush} any number of times, then exactly one of {@link #end} and {@link
 * #fail}, unless the stream was cancelled; after that nothing.
 */
public interface Sink {
  /** Takes the next bytes and owns the buffer from now on. */
  void data(ByteBuf bytes);

  /** The source has nothing more at hand: what was given should go out now. */
  void flush();

  /** The body is complete. */
  void end(Fields trailers);

  /** The body broke: what was written of it must not look complete. */
  void fail(Failure why);
}
