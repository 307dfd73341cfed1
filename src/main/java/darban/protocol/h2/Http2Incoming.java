package darban.protocol.h2;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A body from DATA frames. What its reader does not want yet is kept, and the stream's window is
 * only opened again by what the reader took: at most a window's worth waits. Event loop.
 */
final class Http2Incoming extends Body.Stream {
  private final Http2Channel channel;
  private final Http2Stream stream;
  private final long length;
  private final Deque<ByteBuf> waiting = new ArrayDeque<>(2);
  private final Runnable abandoned;
  private long received;
  private long limit;
  private @Nullable Failure tooLong;
  private @Nullable Sink sink;
  private @Nullable Fields trailers;
  private @Nullable Failure broken;
  private boolean paused;
  private boolean over;
  private boolean flushListed;
  private boolean delivering;

  /**
   * A body.
   *
   * @param length as declared, or -1
   * @param abandoned called when its reader gives it up before its end
   */
  Http2Incoming(Http2Channel channel, Http2Stream stream, long length, Runnable abandoned) {
    this.channel = channel;
    this.stream = stream;
    this.length = length;
    this.abandoned = abandoned;
  }

  /** Bounds the body: one longer than {@code bytes} breaks with {@code why}. */
  void limit(long bytes, Failure why) {
    limit = bytes;
    tooLong = why;
  }

  @Override
  public long length() {
    return length;
  }

  long received() {
    return received;
  }

  /** Whether less has come than was declared. */
  boolean isShort() {
    return received < length;
  }

  /** Whether its last byte has come, whether or not it was taken. */
  boolean complete() {
    return trailers != null;
  }

  boolean hungry() {
    return !over && !paused && sink != null && trailers == null;
  }

  /** Takes what came, which stays the caller's; how many bytes of it are done with already. */
  int data(ByteBuf data) {
    int n = data.readableBytes();
    received += n;
    if (limit > 0 && received > limit && tooLong != null) {
      fail(tooLong);
    }
    int done = n;
    if (!over && broken == null && n > 0) {
      if (sink != null && !paused && waiting.isEmpty() && !delivering) {
        sink.data(data.retainedSlice());
        listFlush();
      } else {
        waiting.add(data.retainedSlice());
        done = 0;
      }
    }
    return done;
  }

  /** The stream's last frame came. */
  void end(Fields last) {
    trailers = last;
    finishIfEmpty();
  }

  private void finishIfEmpty() {
    if (!over && sink != null && !paused && waiting.isEmpty() && trailers != null) {
      over = true;
      sink.end(trailers);
    }
  }

  @Override
  public void open(Sink sink) {
    this.sink = sink;
    if (broken != null) {
      over = true;
      sink.fail(broken);
      return;
    }
    deliver();
    listFlush();
  }

  private void listFlush() {
    if (!flushListed && !over) {
      flushListed = true;
      channel.flushLater(this);
    }
  }

  /** One read is used up. */
  void readComplete() {
    flushListed = false;
    if (!over && sink != null) {
      sink.flush();
    }
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    int taken = 0;
    while (!over && !paused && sink != null && !waiting.isEmpty()) {
      ByteBuf next = waiting.removeFirst();
      taken += next.readableBytes();
      sink.data(next);
    }
    delivering = false;
    consumed(taken);
    finishIfEmpty();
  }

  private void consumed(int bytes) {
    if (bytes > 0) {
      channel.take(stream, bytes);
    }
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      deliver();
      listFlush();
    }
  }

  @Override
  public void cancel(Failure why) {
    if (!over) {
      over = true;
      drop();
      if (trailers == null) {
        abandoned.run();
      }
    }
  }

  /** The body broke. */
  void fail(Failure why) {
    if (broken == null && trailers == null) {
      broken = why;
      drop();
      if (!over && sink != null) {
        over = true;
        sink.fail(why);
      }
    } else if (over || sink == null) {
      drop();
    }
  }

  private void drop() {
    int dropped = 0;
    for (ByteBuf each = waiting.pollFirst(); each != null; each = waiting.pollFirst()) {
      dropped += each.readableBytes();
      each.release();
    }
    consumed(dropped);
  }
}
