package darban.protocol.h1;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.flow.Shutdown;
import darban.flow.Sink;
import darban.http.Fields;
import darban.protocol.WriteWatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * A channel whose bytes belong to others. It takes the place of the handler that was there; what
 * that handler had read and not used comes first. Event loop of the channel, which it closes when
 * both directions have ended.
 */
public final class RawDuplex extends ChannelInboundHandlerAdapter implements Duplex, Sink {
  private static final int END_OF_STREAM = -1;

  private final Channel channel;
  private final Incoming incoming = new Incoming();
  private @Nullable ByteBuf early;
  private Body.@Nullable Stream outgoing;
  private boolean incomingEnded;
  private boolean outgoingEnded;

  /**
   * The duplex of {@code channel}, to be put into its pipeline.
   *
   * @param early bytes already read; owned by this from now on
   */
  public RawDuplex(Channel channel, @Nullable ByteBuf early) {
    this.channel = channel;
    this.early = early;
  }

  /** Puts itself in the place of {@code handler}; what comes before it is asked for waits. */
  public void replace(ChannelHandlerContext handler) {
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    handler.pipeline().replace(handler.handler(), null, this);
  }

  @Override
  public Body.Stream incoming() {
    return incoming;
  }

  @Override
  public void send(Body.Stream bytes) {
    outgoing = bytes;
    if (channel.isActive()) {
      bytes.open(this);
    } else {
      bytes.cancel(terminated());
    }
  }

  @Override
  public long held() {
    return WriteWatch.waiting(channel);
  }

  @Override
  public @Nullable Channel plainChannel() {
    return early == null && channel.pipeline().get(SslHandler.class) == null ? channel : null;
  }

  @Override
  public void reset(Failure why) {
    if (channel.isActive()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    channel.close();
  }

  private static Failure terminated() {
    return Failure.of(Kind.CONNECTION_TERMINATED, "connection closed");
  }

  // What comes from the far side

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes) || incomingEnded) {
      ReferenceCountUtil.release(message);
    } else if (incoming.sink != null) {
      incoming.sink.data(bytes);
    } else {
      early = early == null ? bytes : Unpooled.wrappedBuffer(early, bytes);
      channel.config().setAutoRead(false);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (incoming.sink != null && !incomingEnded) {
      incoming.sink.flush();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      endIncoming();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  private void endIncoming() {
    if (!incomingEnded && incoming.sink != null) {
      incomingEnded = true;
      incoming.sink.end(Fields.NONE);
      closeWhenOver();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (channel.unsafe().recvBufAllocHandle().lastBytesRead() == END_OF_STREAM) {
      endIncoming();
    }
    if (!incomingEnded || !outgoingEnded) {
      over(terminated());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    over(Failure.of(Kind.CONNECTION_TERMINATED, "connection lost", cause));
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    releaseEarly();
  }

  private void releaseEarly() {
    ByteBuf bytes = early;
    early = null;
    if (bytes != null) {
      bytes.release();
    }
  }

  private void over(Failure why) {
    releaseEarly();
    if (!incomingEnded) {
      incomingEnded = true;
      if (incoming.sink != null) {
        incoming.sink.fail(why);
      }
    }
    if (!outgoingEnded) {
      outgoingEnded = true;
      if (outgoing != null) {
        outgoing.cancel(why);
      }
    }
  }

  /** The direction towards us. */
  private final class Incoming extends Body.Stream {
    private @Nullable Sink sink;

    @Override
    public long length() {
      return -1;
    }

    @Override
    public void open(Sink sink) {
      this.sink = sink;
      if (!channel.isActive()) {
        over(terminated());
        return;
      }
      ByteBuf first = early;
      early = null;
      if (first != null) {
        sink.data(first);
      }
      sink.flush();
      if (((DuplexChannel) channel).isInputShutdown()) {
        endIncoming();
      } else {
        resume();
      }
    }

    @Override
    public void pause() {
      if (!incomingEnded) {
        channel.config().setAutoRead(false);
      }
    }

    @Override
    public void resume() {
      if (!incomingEnded) {
        channel.config().setAutoRead(true);
      }
    }

    @Override
    public void cancel(Failure why) {
      if (!incomingEnded) {
        incomingEnded = true;
        reset(why);
      }
    }
  }

  // What goes to the far side

  @Override
  public void data(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
    if (!channel.isWritable() && outgoing != null) {
      outgoing.pause();
    }
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (outgoing != null && !outgoingEnded) {
      if (channel.isWritable()) {
        outgoing.resume();
      } else {
        // The source flushes at the end of its read; a full buffer cannot wait for that.
        channel.flush();
      }
    }
  }

  @Override
  public void end(Fields trailers) {
    if (outgoingEnded) {
      return;
    }
    outgoingEnded = true;
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener((ChannelFutureListener) written -> halfClose());
  }

  private void halfClose() {
    if (incomingEnded) {
      channel.close();
      return;
    }
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound().addListener(sent -> shutdownOutput());
    } else {
      // The end of what comes will be the end of all; to stop reading then would cost an exception.
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, incoming.sink == null);
      shutdownOutput();
    }
  }

  private void shutdownOutput() {
    if (channel.isActive()) {
      Shutdown.output((DuplexChannel) channel);
    }
    closeWhenOver();
  }

  @Override
  public void fail(Failure why) {
    outgoingEnded = true;
    reset(why);
  }

  private void closeWhenOver() {
    if (incomingEnded && outgoingEnded && ((DuplexChannel) channel).isOutputShutdown()) {
      channel.close();
    }
  }
}
