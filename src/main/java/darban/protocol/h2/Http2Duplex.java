package darban.protocol.h2;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Duplex;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

/** A stream that became a tunnel (RFC 9113 §8.5). Event loop of its connection. */
final class Http2Duplex implements Duplex, Http2Outgoing.Owner {
  private final Http2Channel channel;
  private final Http2Stream stream;
  private final Http2Incoming incoming;
  private @Nullable Http2Outgoing outgoing;

  Http2Duplex(Http2Channel channel, Http2Stream stream, Http2Incoming incoming) {
    this.channel = channel;
    this.stream = stream;
    this.incoming = incoming;
  }

  @Override
  public Body.Stream incoming() {
    return incoming;
  }

  @Override
  public void send(Body.Stream bytes) {
    outgoing = new Http2Outgoing(channel, stream, bytes, this);
    outgoing.start();
  }

  void writable() {
    if (outgoing != null) {
      outgoing.writable();
    }
  }

  void closed(Failure why) {
    incoming.fail(why);
    if (outgoing != null) {
      outgoing.cancel(why);
    }
  }

  @Override
  public void reset(Failure why) {
    channel.resetFor(stream, Http2Error.CANCEL);
  }

  @Override
  public @Nullable Channel plainChannel() {
    return null;
  }

  @Override
  public void bodyWritten() {
    // The stream goes on until the peer ends it too.
  }

  @Override
  public void bodySent(ChannelFuture done) {
    // A connection that is lost ends the stream.
  }

  @Override
  public void bodyBroken(Failure why) {
    reset(why);
  }
}
