package darban.protocol.h3;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A body from DATA frames of one stream. While its reader pauses the stream is not read, so QUIC's
 * flow control holds the sender. Event loop.
 */
final class Http3Incoming extends Body.Stream {
  private final QuicStreamChannel channel;
  private final long length;
  private final Runnable abandoned;
  private final Deque<ByteBuf> waiting = new ArrayDeque<>(2);
  private @Nullable Sink sink;
  private @Nullable Fields trailers;
  private @Nullable Failure broken;
  private long received;
  private boolean paused;
  private boolean delivering;
  private boolean over;

  Http3Incoming(QuicStreamChannel channel, long length, Runnable abandoned) {
    this.channel = channel;
    this.length = length;
    this.abandoned = abandoned;
  }

  @Override
  public long length() {
    return length;
  }

  long received() {
    return received;
  }

  boolean complete() {
    return trailers != null;
  }

  boolean hungry() {
    return !over && !paused && sink != null && trailers == null;
  }

  /** Takes a frame's data and owns it. */
  void data(ByteBuf data) {
    received += data.readableBytes();
    if (over || !data.isReadable()) {
      data.release();
    } else if (sink != null && !paused && waiting.isEmpty() && !delivering) {
      sink.data(data);
    } else {
      waiting.add(data);
      channel.config().setAutoRead(false);
    }
  }

  /** The peer ended its direction. */
  void end(Fields last) {
    if (trailers == null) {
      trailers = last;
      finishIfEmpty();
    }
  }

  private void finishIfEmpty() {
    if (!over && sink != null && !paused && waiting.isEmpty() && trailers != null) {
      over = true;
      sink.end(trailers);
    }
  }

  /** One read is used up. */
  void readComplete() {
    if (!over && sink != null) {
      sink.flush();
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
    readComplete();
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    while (!over && !paused && sink != null && !waiting.isEmpty()) {
      sink.data(waiting.removeFirst());
    }
    delivering = false;
    finishIfEmpty();
    if (!over && !paused && waiting.isEmpty()) {
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void pause() {
    paused = true;
    channel.config().setAutoRead(false);
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      deliver();
      readComplete();
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
    for (ByteBuf each = waiting.pollFirst(); each != null; each = waiting.pollFirst()) {
      each.release();
    }
  }
}
