package darban.tls;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;

/** A QUIC server on a loopback port that tells each client what was agreed, and a client of it. */
final class TinyQuicServer implements AutoCloseable {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel listener;

  TinyQuicServer(ServerTls tls) {
    listener =
        new Bootstrap()
            .group(loops)
            .channel(NioDatagramChannel.class)
            .handler(
                new QuicServerCodecBuilder()
                    .sslContext(tls.quic().orElseThrow())
                    .sslTaskExecutor(tls.quicTasks())
                    .maxIdleTimeout(20, TimeUnit.SECONDS)
                    .initialMaxData(100_000)
                    .initialMaxStreamDataBidirectionalRemote(100_000)
                    .initialMaxStreamsBidirectional(10)
                    .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                    .handler(
                        new ChannelInitializer<QuicChannel>() {
                          @Override
                          protected void initChannel(QuicChannel connection) {
                            connection.pipeline().addLast(tls.quicWatch(), new Quiet());
                          }
                        })
                    .streamHandler(new Answers())
                    .build())
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
  }

  EventLoopGroup loops() {
    return loops;
  }

  private static final class Quiet extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // Counted already. The codec closes the connection, and tells the client why.
    }
  }

  private static final class Answers extends ChannelInitializer<QuicStreamChannel> {
    @Override
    protected void initChannel(QuicStreamChannel stream) {
      stream.pipeline().addLast(new Answer());
    }
  }

  private static final class Answer extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        QuicChannel connection = (QuicChannel) ctx.channel().parent();
        String line =
            TinyServer.line(TlsSession.of(connection).orElseThrow())
                + " really-resumed="
                + isResumed(Objects.requireNonNull(connection.sslEngine()));
        ctx.writeAndFlush(Unpooled.copiedBuffer(line, StandardCharsets.US_ASCII))
            .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
      }
    }
  }

  /** Netty knows, but tells only those of its own package. */
  private static boolean isResumed(SSLEngine engine) {
    try {
      Method method = engine.getClass().getDeclaredMethod("isSessionReused");
      method.setAccessible(true);
      return (Boolean) method.invoke(engine);
    } catch (ReflectiveOperationException other) {
      throw new IllegalStateException(other);
    }
  }

  /** What a client saw. */
  record Reply(X509Certificate certificate, String line) {}

  /** A client's context: it trusts {@code trusted}, and shows {@code own}. */
  static QuicSslContext client(X509Certificate trusted, Optional<TestAuthority.Issued> own) {
    QuicSslContextBuilder builder =
        QuicSslContextBuilder.forClient().trustManager(trusted).applicationProtocols("h3");
    // It shows what it has, whomever the server says it trusts.
    own.ifPresent(issued -> builder.keyManager(IdentityKeys.of(issued.identity()), null));
    return builder.build();
  }

  /** One request on a connection of its own; fails when the connection does. */
  Reply get(QuicSslContext client, String name) throws Exception {
    Channel socket =
        new Bootstrap()
            .group(loops)
            .channel(NioDatagramChannel.class)
            .handler(
                new QuicClientCodecBuilder()
                    .sslEngineProvider(channel -> client.newEngine(channel.alloc(), name, 443))
                    .maxIdleTimeout(20, TimeUnit.SECONDS)
                    .initialMaxData(100_000)
                    .initialMaxStreamDataBidirectionalLocal(100_000)
                    .build())
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    try {
      QuicChannel connection =
          QuicChannel.newBootstrap(socket)
              .remoteAddress((InetSocketAddress) listener.localAddress())
              .handler(new ChannelInboundHandlerAdapter())
              .connect()
              .get(20, TimeUnit.SECONDS);
      Reading reading = new Reading();
      connection.closeFuture().addListener(closed -> reading.end());
      QuicStreamChannel stream =
          connection.createStream(QuicStreamType.BIDIRECTIONAL, reading).get(20, TimeUnit.SECONDS);
      stream
          .writeAndFlush(Unpooled.copiedBuffer("?", StandardCharsets.US_ASCII))
          .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
      String line = reading.line.get(20, TimeUnit.SECONDS);
      SSLEngine engine = Objects.requireNonNull(connection.sslEngine());
      X509Certificate seen = (X509Certificate) engine.getSession().getPeerCertificates()[0];
      connection.close().sync();
      return new Reply(seen, line);
    } finally {
      socket.close().sync();
    }
  }

  private static final class Reading extends ChannelInboundHandlerAdapter {
    final CompletableFuture<String> line = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      io.netty.buffer.ByteBuf bytes = (io.netty.buffer.ByteBuf) message;
      text.append(bytes.toString(StandardCharsets.US_ASCII));
      bytes.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        line.complete(text.toString());
      }
    }

    void end() {
      line.completeExceptionally(new java.io.IOException("closed by the server"));
    }
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
