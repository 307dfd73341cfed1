package darban.protocol.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the bodies of a connection as the windows of its peer allow (RFC 9113 §5.2) and the channel
 * takes them. Streams that wait take turns, a frame each. Event loop of the connection.
 */
final class Sending {
  /** Of a stream and of the connection, until the peer says something else. */
  private static final int USUAL_WINDOW = 65_535;

  private final FrameWriter writer;
  private final Consumer<Http2Stream> ended;
  private final Deque<Http2Stream> waiting = new ArrayDeque<>(2);
  private int window = USUAL_WINDOW;
  private int streamWindow = USUAL_WINDOW;
  private boolean going;

  /**
   * Nothing yet.
   *
   * @param ended told of a stream when its last frame was written
   */
  Sending(FrameWriter writer, Consumer<Http2Stream> ended) {
    this.writer = writer;
    this.ended = ended;
  }

  /** Bytes that a new stream may send. */
  int streamWindow() {
    return streamWindow;
  }

  /** Whether what is sent on {@code stream} would go out; if not, its owner is told when. */
  boolean isWritable(Http2Stream stream) {
    boolean writable =
        stream.isQueueEmpty() && stream.window() > 0 && window > 0 && writer.channel().isWritable();
    if (!writable) {
      list(stream);
    }
    return writable;
  }

  private void list(Http2Stream stream) {
    if (!stream.isListed() && !stream.isClosed()) {
      stream.listed(true);
      waiting.add(stream);
    }
  }

  /** Sends a part of a body, which is taken. */
  void send(Http2Stream stream, ByteBuf bytes) {
    if (stream.isClosed() || !bytes.isReadable()) {
      bytes.release();
      return;
    }
    if (stream.isQueueEmpty() && bytes.readableBytes() <= room(stream)) {
      write(stream, bytes);
    } else {
      stream.queue(bytes);
      while (!stream.isClosed() && writeNext(stream)) {
        // as much as goes
      }
    }
    if (!stream.isQueueEmpty()) {
      list(stream);
    }
  }

  /**
   * Ends a stream, once all that waits is sent.
   *
   * @param sent told when all of it is with the system, or lost with the connection; not if the
   *     stream is closed before
   */
  void end(Http2Stream stream, @Nullable Http2Head trailers, Consumer<ChannelFuture> sent) {
    if (stream.isClosed()) {
      return;
    }
    Http2Stream.Last last = new Http2Stream.Last(trailers, sent);
    stream.last(last);
    if (stream.isQueueEmpty()) {
      if (trailers == null) {
        writer.data(stream.id(), Unpooled.EMPTY_BUFFER, true);
      } else {
        writer.head(stream.id(), trailers, true);
      }
      over(stream, last);
    }
  }

  /** Sends all of a body. */
  void sendAll(Http2Stream stream, ByteBuf bytes, Consumer<ChannelFuture> sent) {
    if (stream.isClosed()) {
      bytes.release();
      return;
    }
    if (!bytes.isReadable()) {
      bytes.release();
      end(stream, null, sent);
      return;
    }
    stream.last(new Http2Stream.Last(null, sent));
    send(stream, bytes);
  }

  /** Forgets a stream that is closed. */
  void forget(Http2Stream stream) {
    if (stream.isListed()) {
      stream.listed(false);
      waiting.remove(stream);
    }
  }

  /** Bytes that may go at once, in one frame. */
  private int room(Http2Stream stream) {
    int most = Math.min(Math.min(window, stream.window()), FrameReader.MOST);
    return most > 0 && writer.channel().isWritable() ? most : 0;
  }

  /** Writes the next of what waits in {@code stream}; false if nothing does or nothing may go. */
  private boolean writeNext(Http2Stream stream) {
    if (stream.isQueueEmpty()) {
      return false;
    }
    int room = room(stream);
    if (room == 0) {
      return false;
    }
    write(stream, stream.next(room));
    return true;
  }

  private void write(Http2Stream stream, ByteBuf bytes) {
    int n = bytes.readableBytes();
    window -= n;
    stream.moreWindow(-n);
    Http2Stream.Last last = stream.isQueueEmpty() ? stream.last() : null;
    boolean end = last != null && last.trailers() == null;
    writer.data(stream.id(), bytes, end);
    if (last != null) {
      if (last.trailers() != null) {
        writer.head(stream.id(), last.trailers(), true);
      }
      over(stream, last);
    }
  }

  private void over(Http2Stream stream, Http2Stream.Last last) {
    writer.tell(last.sent());
    ended.accept(stream);
  }

  /** The connection may send so many more; false where that is too much. */
  boolean moreWindow(int more) {
    long sum = (long) window + more;
    window = (int) sum;
    return sum <= Integer.MAX_VALUE;
  }

  /** The peer has another window for its streams; false where one of them gets too large. */
  boolean streamWindow(int bytes, Iterable<Http2Stream> streams) {
    int more = bytes - streamWindow;
    streamWindow = bytes;
    boolean good = true;
    for (Http2Stream stream : streams) {
      good &= stream.moreWindow(more);
    }
    return good;
  }

  /** There may be room again: those who wait for it go on. */
  void goOn() {
    if (going) {
      return;
    }
    going = true;
    boolean moved;
    do {
      moved = false;
      for (int n = waiting.size(); n > 0 && !waiting.isEmpty(); n--) {
        Http2Stream stream = waiting.remove();
        stream.listed(false);
        moved |= !stream.isClosed() && writeNext(stream);
        if (!stream.isClosed() && stream.last() == null && isWritable(stream)) {
          tell(stream);
        } else if (!stream.isQueueEmpty()) {
          list(stream);
        }
      }
    } while (moved);
    going = false;
  }

  private static void tell(Http2Stream stream) {
    Http2Stream.Owner owner = stream.owner();
    if (owner != null) {
      owner.writable();
    }
  }
}
