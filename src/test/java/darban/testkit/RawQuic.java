package darban.testkit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A client of QUIC that says it speaks HTTP/3, and sends whatever bytes it is told to. It trusts
 * everybody. Any thread; waits ten seconds at most; closed by the test.
 */
public final class RawQuic implements AutoCloseable {
  private static final long SECONDS = 10;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final Channel socket;
  private final QuicChannel connection;

  /** Connects to a port of this machine. */
  public RawQuic(int port) throws Exception {
    socket =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .handler(
                new QuicClientCodecBuilder()
                    .sslContext(
                        QuicSslContextBuilder.forClient()
                            .trustManager(InsecureTrustManagerFactory.INSTANCE)
                            .applicationProtocols("h3")
                            .build())
                    .maxIdleTimeout(30, TimeUnit.SECONDS)
                    .initialMaxData(1_000_000)
                    .initialMaxStreamDataBidirectionalLocal(1_000_000)
                    .initialMaxStreamDataUnidirectional(1_000_000)
                    .initialMaxStreamsUnidirectional(3)
                    .build())
            .bind(0)
            .sync()
            .channel();
    connection =
        QuicChannel.newBootstrap(socket)
            .handler(new Closing())
            .streamHandler(new Collecting(new CompletableFuture<>()))
            .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .connect()
            .get(SECONDS, TimeUnit.SECONDS);
  }

  /** Notes why the server closes the connection. */
  private final class Closing extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof QuicConnectionCloseEvent close && close.isApplicationClose()) {
        closed.complete(close.error());
      }
    }
  }

  /** Collects what comes on a stream until its end. */
  private static final class Collecting extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<byte[]> all;
    private final ByteBuf came = Unpooled.buffer();

    Collecting(CompletableFuture<byte[]> all) {
      this.all = all;
    }

    @Override
    public boolean isSharable() {
      return true; // for the server's own streams, of which nothing is asked
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      came.writeBytes(bytes);
      bytes.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        all.complete(ByteBufUtil.getBytes(came));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      all.completeExceptionally(cause);
    }
  }

  /**
   * Opens a stream and sends bytes on it.
   *
   * @param hex the bytes; blanks do not count, and a bar at the end ends the stream
   * @return what comes back, when it has ended
   */
  public CompletableFuture<byte[]> send(boolean bothWays, String hex) throws Exception {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    QuicStreamType type = bothWays ? QuicStreamType.BIDIRECTIONAL : QuicStreamType.UNIDIRECTIONAL;
    QuicStreamChannel stream =
        connection.createStream(type, new Collecting(answer)).get(SECONDS, TimeUnit.SECONDS);
    byte[] bytes = HexFormat.of().parseHex(hex.replaceAll("[ |]", ""));
    var written = stream.writeAndFlush(Unpooled.wrappedBuffer(bytes));
    if (hex.endsWith("|")) {
      written.addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
    }
    return answer;
  }

  /** The code with which the server closes the connection. */
  public int closeCode() throws Exception {
    return closed.get(SECONDS, TimeUnit.SECONDS);
  }

  /** Whether the server has closed it. */
  public boolean isClosed() {
    return closed.isDone();
  }

  @Override
  public void close() {
    connection.close().awaitUninterruptibly(SECONDS, TimeUnit.SECONDS);
    socket.close().awaitUninterruptibly(SECONDS, TimeUnit.SECONDS);
    group
        .shutdownGracefully(0, SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(SECONDS, TimeUnit.SECONDS);
  }
}
