package darban.tls;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A server on a loopback port that tells each client what was agreed with it, and closes. */
final class TinyServer implements AutoCloseable {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel listener;

  TinyServer(ServerTls tls) {
    this(tls, 0);
  }

  TinyServer(ServerTls tls, int port) {
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channels.add(channel);
                    channel.pipeline().addLast(tls.handler(), new Answer());
                  }
                })
            .bind("127.0.0.1", port)
            .syncUninterruptibly()
            .channel();
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** What was agreed, in one line that tests can look into. */
  static String line(TlsSession session) {
    return String.join(
        " ",
        session.protocol(),
        session.cipher(),
        "group=" + session.group().orElse("-"),
        "sni=" + session.serverName().orElse("-"),
        "alpn=" + session.alpn().orElse("-"),
        "resumed=" + session.resumed().map(String::valueOf).orElse("-"),
        "peer=" + session.peer().map(PeerCertificate::subject).orElse("-"));
  }

  private static final class Answer extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf request) {
      String body = TlsSession.of(ctx.channel()).map(TinyServer::line).orElseThrow() + "\n";
      String head =
          "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\nconnection: close\r\n\r\n";
      ByteBuf answer = Unpooled.copiedBuffer(head + body, StandardCharsets.US_ASCII);
      ctx.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // counted already
    }
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    channels.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
