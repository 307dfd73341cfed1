package darban.listen.web;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.function.Function;

/**
 * Waits for the TLS handshake and then puts the handler of the protocol that was agreed on (RFC
 * 7301) in its own place; without agreement that is HTTP/1.1. Event loop of its channel.
 */
final class AfterHandshake extends ChannelInboundHandlerAdapter {
  private final Function<String, ChannelHandler> handlers;

  AfterHandshake(Function<String, ChannelHandler> handlers) {
    this.handlers = handlers;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
      ctx.fireUserEventTriggered(event);
      return;
    }
    if (!handshake.isSuccess()) {
      ctx.close();
      return;
    }
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    String protocol = tls == null ? null : tls.applicationProtocol();
    ctx.pipeline().replace(this, null, handlers.apply(protocol == null ? "http/1.1" : protocol));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A handshake that failed is counted by the TLS side; there is nobody to answer.
    ctx.close();
  }
}
