package darban.serve.media;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * Memory off the heap that files are made sense of in: their heads have megabytes, which a heap
 * would have to make room for by collecting. Confined to one thread at a time; closed by whoever
 * asked for it, and what was taken of it must not be touched any more then.
 */
final class Scratch implements AutoCloseable {
  private final long most;
  private final Runnable closed;
  private ByteBuf taken = Unpooled.EMPTY_BUFFER;

  /** Room for so many bytes, given back by {@code closed}. */
  Scratch(long most, Runnable closed) {
    this.most = most;
    this.closed = closed;
  }

  /** Whether there is room for so many bytes. */
  boolean fits(long length) {
    return length <= most;
  }

  /** So many bytes, in the place of those taken before. */
  ByteBuffer take(long length) {
    if (!fits(length)) {
      throw new IllegalArgumentException(length + " bytes in a room for " + most);
    }
    taken.release();
    taken = Unpooled.EMPTY_BUFFER;
    int exact = Math.toIntExact(length);
    taken = ByteBufAllocator.DEFAULT.directBuffer(exact, exact);
    return taken.internalNioBuffer(0, exact).slice();
  }

  @Override
  public void close() {
    taken.release();
    taken = Unpooled.EMPTY_BUFFER;
    closed.run();
  }
}
