package darban.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's hello, finds the context for the name in it, and puts an {@link SslHandler} in
 * its own place. On the event loop of its connection; gone from the pipeline after the hello.
 *
 * <p>The context that the look-up counted for us is released as soon as the engine holds a count of
 * its own, or when there is nobody left to serve.
 */
final class SniPicker extends AbstractSniHandler<SslContext> {
  /** Hybrid key shares and long ALPN lists stay far below. */
  private static final int MAX_HELLO = 65_535;

  private final ServerTls tls;
  private final Instant start;
  private final long startNanos;
  private boolean counted;

  SniPicker(ServerTls tls) {
    super(MAX_HELLO, tls.settings().handshake().toMillis());
    this.tls = tls;
    this.start = tls.ticker().now();
    this.startNanos = tls.ticker().nanos();
  }

  @Override
  protected Future<SslContext> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf hello)
      throws Exception {
    if (hello != null && !agrees(Alpn.offered(hello))) {
      return ctx.executor()
          .newFailedFuture(
              new HelloRefusal(
                  HandshakeFault.NO_SHARED_PROTOCOL, "no application protocol in common"));
    }
    return super.lookup(ctx, hello);
  }

  private boolean agrees(List<String> offered) {
    List<String> ours = tls.settings().alpn();
    return offered.isEmpty() || ours.isEmpty() || !Collections.disjoint(offered, ours);
  }

  @Override
  protected Future<SslContext> lookup(ChannelHandlerContext ctx, @Nullable String name) {
    return tls.contexts().lease(name, ctx.executor());
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String name, Future<SslContext> found) {
    if (!found.isSuccess()) {
      refuse(ctx, found.cause());
      return;
    }
    SslContext context = found.getNow();
    try {
      if (!ctx.isRemoved()) { // the client may have left while its certificate was made
        replace(ctx, name, context);
      }
    } finally {
      ReferenceCountUtil.release(context);
    }
  }

  private void replace(ChannelHandlerContext ctx, @Nullable String name, SslContext context) {
    SslHandler handler = context.newHandler(ctx.alloc());
    try {
      if (tls.engine() == Engine.JDK) {
        ContextFactory.tune(handler.engine());
      }
      handler.setHandshakeTimeout(timeLeft().toMillis(), TimeUnit.MILLISECONDS);
      watch(handler, name);
      ctx.pipeline().replace(this, SslHandler.class.getName(), handler);
    } catch (RuntimeException notPlaced) {
      ReferenceCountUtil.safeRelease(handler.engine());
      throw notPlaced;
    }
  }

  /** The hello counts, too: what it took is taken from the handshake's time. */
  private Duration timeLeft() {
    Duration passed = Duration.ofNanos(tls.ticker().nanos() - startNanos);
    Duration left = tls.settings().handshake().minus(passed);
    return left.isPositive() ? left : Duration.ofMillis(1);
  }

  private void watch(SslHandler handler, @Nullable String name) {
    handler
        .handshakeFuture()
        .addListener((Future<Channel> done) -> {
          if (done.isSuccess()) {
            TlsSession session = TlsSession.keep(done.getNow(), handler.engine(), name, start);
            forbidAnother(handler.engine(), session);
            tls.counters().count(session);
          } else {
            count(HandshakeFault.of(done.cause()));
          }
        });
  }

  /** A second handshake in a TLS 1.2 connection would need a new session: there will be none. */
  private void forbidAnother(SSLEngine engine, TlsSession session) {
    if (tls.engine() == Engine.JDK && session.protocol().equals("TLSv1.2")) {
      engine.setEnableSessionCreation(false);
    }
  }

  private void refuse(ChannelHandlerContext ctx, Throwable cause) {
    HelloRefusal refusal =
        cause instanceof HelloRefusal known
            ? known
            : new HelloRefusal(HandshakeFault.OTHER, String.valueOf(cause.getMessage()));
    count(refusal.fault());
    ByteBuf hello = internalBuffer(); // else it would be read again when the connection closes
    hello.skipBytes(hello.readableBytes());
    ctx.writeAndFlush(refusal.alert(ctx.alloc())).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (!timeLeft().minusMillis(1).isPositive()) {
      count(HandshakeFault.TIMEOUT);
    } else if (actualReadableBytes() > 0) { // else it only knocked, as a health check does
      count(HandshakeFault.CLOSED);
    }
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    count(HandshakeFault.of(cause));
    super.exceptionCaught(ctx, cause);
  }

  private void count(HandshakeFault fault) {
    if (!counted) {
      counted = true;
      tls.counters().count(fault);
    }
  }
}
