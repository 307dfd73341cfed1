package darban.tls;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import java.time.Instant;
import javax.net.ssl.SSLEngine;

/**
 * Keeps the facts of each QUIC handshake with its channel and counts it. On the event loop of the
 * connection; one serves all connections of a listener, and it holds nothing.
 */
@Sharable
final class QuicWatch extends ChannelInboundHandlerAdapter {
  private static final AttributeKey<String> NAME = AttributeKey.valueOf(QuicWatch.class, "name");
  private static final AttributeKey<Boolean> ENDED = AttributeKey.valueOf(QuicWatch.class, "ended");

  private final TlsCounters counters;

  QuicWatch(TlsCounters counters) {
    this.counters = counters;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    switch (event) {
      case SniCompletionEvent sni -> ctx.channel().attr(NAME).set(sni.hostname());
      case SslHandshakeCompletionEvent done -> ended(ctx, done);
      default -> {}
    }
    super.userEventTriggered(ctx, event);
  }

  private void ended(ChannelHandlerContext ctx, SslHandshakeCompletionEvent done) {
    if (!isFirst(ctx)) {
      return;
    }
    SSLEngine engine = ((QuicChannel) ctx.channel()).sslEngine();
    if (done.isSuccess() && engine != null) {
      String name = ctx.channel().attr(NAME).get();
      counters.count(TlsSession.keep(ctx.channel(), engine, name, Instant.MAX));
    } else {
      counters.count(HandshakeFault.of(done.cause()));
    }
  }

  private static boolean isFirst(ChannelHandlerContext ctx) {
    return ctx.channel().attr(ENDED).getAndSet(true) == null;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (isFirst(ctx)) {
      boolean late = ((QuicChannel) ctx.channel()).isTimedOut();
      counters.count(late ? HandshakeFault.TIMEOUT : HandshakeFault.CLOSED);
    }
    super.channelInactive(ctx);
  }
}
