package darban.protocol.h3;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.quic.QuicStreamChannel;

/** A body into DATA frames of one stream; pauses its source while the stream is full. */
final class Http3Outgoing implements Sink {
  /** The message the body belongs to. */
  interface Owner {
    /** All of it is written, and the end; {@code last} completes when QUIC took them. */
    void bodyWritten(ChannelFuture last);

    /** It will never be whole; the stream is over. */
    void bodyBroken(Failure why);
  }

  private final QuicStreamChannel channel;
  private final FrameWriter writer;
  private final Body.Stream from;
  private final Owner owner;
  private final long length;
  private long sent;
  private boolean over;

  Http3Outgoing(QuicStreamChannel channel, FrameWriter writer, Body.Stream from, Owner owner) {
    this.channel = channel;
    this.writer = writer;
    this.from = from;
    this.owner = owner;
    this.length = from.length();
  }

  void start() {
    if (length >= 0) {
      writer.bodyOf(length);
    }
    from.open(this);
  }

  long sent() {
    return sent;
  }

  void writabilityChanged() {
    if (!over && channel.isWritable()) {
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
      Failure why = Failure.of(Kind.RESPONSE_MALFORMED, "body longer than declared");
      from.cancel(why);
      owner.bodyBroken(why);
      return;
    }
    writer.data(bytes);
    // With something under way, so that its failure tells when the client takes no more.
    if (!channel.isWritable() && writer.held() > 0) {
      from.pause();
    }
  }

  @Override
  public void flush() {
    if (!over) {
      writer.flush();
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
    owner.bodyWritten(writer.end(trailers));
  }

  @Override
  public void fail(Failure why) {
    if (!over) {
      over = true;
      owner.bodyBroken(why);
    }
  }
}
