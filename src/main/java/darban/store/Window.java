package darban.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a content that a feed holds in memory: pieces one after the other, the oldest first.
 * Guarded by the content's lock; its owner clears it.
 */
final class Window {
  private final Deque<ByteBuf> pieces = new ArrayDeque<>();
  private long from;
  private long to;

  /** Nothing yet; the first byte will be that at {@code start}. */
  Window(long start) {
    this.from = start;
    this.to = start;
  }

  /** The offset of the oldest byte. */
  long from() {
    return from;
  }

  /** The offset behind the newest byte. */
  long to() {
    return to;
  }

  long size() {
    return to - from;
  }

  /** Takes a piece, which it owns from now on. */
  void add(ByteBuf piece) {
    pieces.addLast(piece);
    to += piece.readableBytes();
  }

  /**
   * A buffer with what is here from {@code at} on, up to {@code end} at most; null if it is not.
   */
  @Nullable ByteBuf piece(long at, long end) {
    if (at < from || at >= to) {
      return null;
    }
    long start = from;
    for (ByteBuf each : pieces) {
      long next = start + each.readableBytes();
      if (at < next) {
        int skip = (int) (at - start);
        int n = (int) Math.min(end - at, each.readableBytes() - skip);
        return each.retainedSlice(each.readerIndex() + skip, n);
      }
      start = next;
    }
    return null;
  }

  /**
   * The pieces from {@code at} on, which is where one begins, until they are {@code enough} bytes;
   * the caller owns them.
   */
  List<ByteBuf> pieces(long at, long enough) {
    List<ByteBuf> some = new ArrayList<>();
    long start = from;
    for (ByteBuf each : pieces) {
      if (start >= at + enough) {
        break;
      }
      if (start >= at) {
        some.add(each.retainedDuplicate());
      }
      start += each.readableBytes();
    }
    return some;
  }

  /** Lets go of pieces that lie before {@code at}. */
  void dropBefore(long at) {
    while (!pieces.isEmpty() && from + pieces.element().readableBytes() <= at) {
      ByteBuf first = pieces.remove();
      from += first.readableBytes();
      first.release();
    }
  }

  /** All of it as one buffer of its own, which the caller owns. */
  ByteBuf joined() {
    int n = (int) size();
    ByteBuf all = n == 0 ? Unpooled.EMPTY_BUFFER : Unpooled.directBuffer(n, n);
    for (ByteBuf each : pieces) {
      all.writeBytes(each.duplicate());
    }
    return all;
  }

  void clear() {
    dropBefore(to);
  }
}
