package darban.protocol.h2;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * A body into DATA frames. Pauses its source while the stream's window or the channel is full, so
 * that no more waits here than one read of the source. Event loop.
 */
final class Http2Outgoing implements Sink {
  /** The message the body belongs to. */
  interface Owner {
    /** All of it is written; {@code last} completes when the peer's window let it pass. */
    void bodyWritten(ChannelFuture last);

    /** It will never be whole; the stream is over. */
    void bodyBroken(Failure why);
  }

  private final Http2Channel channel;
  private final Http2Stream stream;
  private final Body.Stream from;
  private final Owner owner;
  private final long length;
  private long sent;
  private boolean over;

  Http2Outgoing(Http2Channel channel, Http2Stream stream, Body.Stream from, Owner owner) {
    this.channel = channel;
    this.stream = stream;
    this.from = from;
    this.owner = owner;
    this.length = from.length();
  }

  void start() {
    from.open(this);
  }

  long sent() {
    return sent;
  }

  void writabilityChanged() {
    if (!over && channel.isWritable(stream)) {
      from.resume();
    }
  }

  void cancel(Failure why) {
    if (!over) {
      over = true;
      from.cancel(why);
    }
  }

  @Override
  public void data(ByteBuf bytes) {
    int n = bytes.readableBytes();
    if (over || n == 0) {
      bytes.release();
      return;
    }
    sent += n;
    if (length >= 0 && sent > length) {
      bytes.release();
      over = true;
      from.cancel(Failure.of(Kind.RESPONSE_MALFORMED, "body longer than declared"));
      owner.bodyBroken(Failure.of(Kind.RESPONSE_MALFORMED, "body longer than declared"));
      return;
    }
    write(bytes, false);
    if (!channel.isWritable(stream)) {
      from.pause();
    }
  }

  private ChannelFuture write(ByteBuf bytes, boolean end) {
    var context = channel.context();
    channel.frameWatch().sent();
    ChannelPromise promise = context.newPromise();
    return channel.encoder().writeData(context, stream.id(), bytes, 0, end, promise);
  }

  @Override
  public void flush() {
    if (!over) {
      channel.flush();
    }
  }

  @Override
  public void end(Fields trailers) {
    if (over) {
      return;
    }
    over = true;
    if (length >= 0 && sent < length) {
      owner.bodyBroken(Failure.of(Kind.RESPONSE_INCOMPLETE, "body shorter than declared"));
      return;
    }
    if (trailers.size() == 0) {
      owner.bodyWritten(write(Unpooled.EMPTY_BUFFER, true));
      return;
    }
    Http2Headers last = Http2Heads.fields(trailers);
    var context = channel.context();
    owner.bodyWritten(
        channel.encoder().writeHeaders(context, stream.id(), last, 0, true, context.newPromise()));
  }

  @Override
  public void fail(Failure why) {
    if (!over) {
      over = true;
      owner.bodyBroken(why);
    }
  }
}
