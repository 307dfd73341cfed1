package darban.tls;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Ends QUIC handshakes that take too long, keeps the facts of the others with their channel, and
 * counts both. On the event loop of the connection; one serves all connections of a listener, for
 * what it knows of each stands in the channel's attributes.
 */
@Sharable
final class QuicWatch extends ChannelInboundHandlerAdapter {
  private static final AttributeKey<String> NAME = AttributeKey.valueOf(QuicWatch.class, "name");
  private static final AttributeKey<Future<?>> TIMEOUT =
      AttributeKey.valueOf(QuicWatch.class, "timeout");

  private final TlsCounters counters;
  private final Duration handshake;

  QuicWatch(TlsCounters counters, Duration handshake) {
    this.counters = counters;
    this.handshake = handshake;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    Future<?> timeout =
        ctx.executor().schedule(() -> timedOut(ctx), handshake.toMillis(), TimeUnit.MILLISECONDS);
    ctx.channel().attr(TIMEOUT).set(timeout);
  }

  private void timedOut(ChannelHandlerContext ctx) {
    failed(ctx, new SslHandshakeTimeoutException("not ended after " + handshake));
    ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    switch (event) {
      case SniCompletionEvent sni -> ctx.channel().attr(NAME).set(sni.hostname());
      case SslHandshakeCompletionEvent done when done.isSuccess() -> succeeded(ctx);
      case SslHandshakeCompletionEvent done -> failed(ctx, done.cause());
      default -> {}
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    failed(ctx, new ClosedChannelException()); // unless it had ended before
    super.channelInactive(ctx);
  }

  private void succeeded(ChannelHandlerContext ctx) {
    @Nullable SSLEngine engine = ((QuicChannel) ctx.channel()).sslEngine();
    if (isFirstEnd(ctx) && engine != null) {
      String name = ctx.channel().attr(NAME).get();
      counters.count(TlsSession.keep(ctx.channel(), engine, name, Instant.MAX));
    }
  }

  private void failed(ChannelHandlerContext ctx, Throwable cause) {
    if (isFirstEnd(ctx)) {
      counters.count(HandshakeFault.of(cause));
    }
  }

  private static boolean isFirstEnd(ChannelHandlerContext ctx) {
    Future<?> timeout = ctx.channel().attr(TIMEOUT).getAndSet(null);
    if (timeout == null) {
      return false;
    }
    timeout.cancel(false);
    return true;
  }
}
