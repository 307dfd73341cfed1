package darban.protocol.h2;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;

/**
 * A body into DATA frames. Pauses its source while the stream's window or the channel is full, so
 * that no more waits here than one read of the source. Event loop.
 */
final class Http2Outgoing implements Sink {
  /** The message the body belongs to. */
  interface Owner {
    /** All of it is here; the peer's windows may still hold it back. */
    void bodyWritten();

    /** All of it is with the system, or was lost with the connection. */
    void bodySent(ChannelFuture done);

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

  void writable() {
    if (!over && channel.sending().isWritable(stream)) {
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
    channel.frameWatch().sent();
    channel.sending().send(stream, bytes);
    if (!channel.sending().isWritable(stream)) {
      from.pause();
    }
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
    owner.bodyWritten();
    channel.frameWatch().sent();
    Http2Head last = trailers.size() == 0 ? null : Http2Head.trailers(trailers);
    channel.sending().end(stream, last, owner::bodySent);
    channel.flush();
  }

  @Override
  public void fail(Failure why) {
    if (!over) {
      over = true;
      owner.bodyBroken(why);
    }
  }
}
