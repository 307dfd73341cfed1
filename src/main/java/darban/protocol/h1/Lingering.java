package darban.protocol.h1;

import darban.flow.Loop;
import darban.flow.Watched;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose peer may still be sending: our direction first, and the whole once the
 * peer has closed its own or some seconds have passed. Closing at once would make the kernel send a
 * reset, and that may destroy the answer before the peer has read it (RFC 9112 §9.6). What still
 * comes is read and dropped.
 */
final class Lingering extends ChannelInboundHandlerAdapter implements Watched {
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Loop loop;
  private final long since;
  private ChannelHandlerContext context;
  private int watchIndex = -1;

  private Lingering(Loop loop, ChannelHandlerContext context) {
    this.loop = loop;
    this.since = loop.nanos();
    this.context = context;
  }

  /** Sends what is written and closes, lingering only where {@code peerSends}. */
  static void close(ChannelHandlerContext context, Loop loop, boolean peerSends) {
    if (!peerSends) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    Lingering lingering = new Lingering(loop, context);
    context.pipeline().replace(context.handler(), null, lingering);
    lingering.context.channel().config().setAutoRead(true);
    lingering
        .context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener((ChannelFutureListener) written -> lingering.shutdownOutput());
  }

  private void shutdownOutput() {
    if (!context.channel().isActive()) {
      return;
    }
    SslHandler tls = context.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    }
    if (context.channel() instanceof DuplexChannel channel) {
      channel.shutdownOutput();
      if (channel.isInputShutdown()) {
        channel.close();
      }
    } else {
      context.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    loop.watch(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    loop.unwatch(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent
        && ((DuplexChannel) ctx.channel()).isOutputShutdown()) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void tick(long nanos) {
    if (nanos - since > MOST_NANOS) {
      context.close();
    }
  }

  @Override
  public int watchIndex() {
    return watchIndex;
  }

  @Override
  public void watchIndex(int index) {
    watchIndex = index;
  }
}
