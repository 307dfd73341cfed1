package darban.testkit;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3ControlStreamFrame;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3GoAwayFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamResetException;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client of HTTP/3 frames, on Netty's codec: sends what it is told to and keeps what comes, in
 * order. It trusts everybody. Any thread; waits ten seconds at most; closed by the test.
 */
public final class RawHttp3 implements AutoCloseable {
  private static final long SECONDS = 10;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel socket;
  private final QuicChannel connection;
  private final BlockingQueue<Long> goAways = new LinkedBlockingQueue<>();

  private final AtomicInteger largest = new AtomicInteger();

  private RawHttp3(int port, int datagram) throws Exception {
    QuicSslContext trusting =
        QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols(Http3.supportedApplicationProtocols())
            .build();
    socket =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65_536))
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Measuring(), codec(trusting, datagram));
                  }
                })
            .bind(0)
            .sync()
            .channel();
    connection =
        QuicChannel.newBootstrap(socket)
            .handler(new Http3ClientConnectionHandler(new Control(), null, null, null, true))
            .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .connect()
            .get(SECONDS, TimeUnit.SECONDS);
  }

  private static ChannelHandler codec(QuicSslContext trusting, int datagram) {
    return Http3.newQuicClientCodecBuilder()
        .sslContext(trusting)
        .maxIdleTimeout(30, TimeUnit.SECONDS)
        .initialMaxData(10_000_000)
        .initialMaxStreamDataBidirectionalLocal(1_000_000)
        .maxRecvUdpPayloadSize(datagram)
        .build();
  }

  /** Connects to a port of this machine. */
  public static RawHttp3 connect(int port) throws Exception {
    return connect(port, 2048);
  }

  /** Connects, and says that a datagram of so many bytes is the largest it takes. */
  public static RawHttp3 connect(int port, int datagram) throws Exception {
    return new RawHttp3(port, datagram);
  }

  /** Notes the largest datagram that comes. */
  private final class Measuring extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      largest.accumulateAndGet(((DatagramPacket) message).content().readableBytes(), Math::max);
      ctx.fireChannelRead(message);
    }
  }

  /** Bytes in the largest datagram that came. */
  public int largestDatagram() {
    return largest.get();
  }

  /** What comes on the control stream. */
  private final class Control extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      if (frame instanceof Http3GoAwayFrame goAway) {
        goAways.add(goAway.id());
      } else if (frame instanceof Http3ControlStreamFrame) {
        ReferenceCountUtil.release(frame);
      }
    }
  }

  /** The last stream that the server names when it asks us to leave. */
  public long goAway() throws InterruptedException {
    Long id = goAways.poll(SECONDS, TimeUnit.SECONDS);
    if (id == null) {
      throw new AssertionError("no GOAWAY");
    }
    return id;
  }

  /** Whether the connection is closed soon. */
  public boolean isClosed() throws InterruptedException {
    return connection.closeFuture().await(SECONDS, TimeUnit.SECONDS);
  }

  /** A new request, nothing of which is sent yet. */
  public Request request() throws Exception {
    BlockingQueue<Object> came = new LinkedBlockingQueue<>();
    QuicStreamChannel stream =
        Http3.newRequestStream(
                connection,
                new ChannelInitializer<QuicStreamChannel>() {
                  @Override
                  protected void initChannel(QuicStreamChannel channel) {
                    channel.pipeline().addLast(new Keeping(came));
                  }
                })
            .get(SECONDS, TimeUnit.SECONDS);
    return new Request(stream, came);
  }

  /** The end of what comes, in order. */
  private enum End {
    OF_STREAM
  }

  /** Keeps what comes on a request's stream. */
  private static final class Keeping extends Http3RequestStreamInboundHandler {
    private final BlockingQueue<Object> came;

    Keeping(BlockingQueue<Object> came) {
      this.came = came;
    }

    @Override
    protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
      came.add(frame.headers());
    }

    @Override
    protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
      came.add(new String(ByteBufUtil.getBytes(frame.content()), StandardCharsets.ISO_8859_1));
      frame.release();
    }

    @Override
    protected void channelInputClosed(ChannelHandlerContext ctx) {
      came.add(End.OF_STREAM);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      came.add(cause);
    }
  }

  /** One request and what comes back. */
  public static final class Request {
    private final QuicStreamChannel stream;
    private final BlockingQueue<Object> came;
    private ChannelFuture last;

    private Request(QuicStreamChannel stream, BlockingQueue<Object> came) {
      this.stream = stream;
      this.came = came;
      this.last = stream.newSucceededFuture();
    }

    /** Its stream's identifier. */
    public long id() {
      return stream.streamId();
    }

    /** Sends a head, or trailers, of names and values in turn. */
    public Request headers(String... namesAndValues) {
      Http3Headers headers = new DefaultHttp3Headers(false);
      for (int i = 0; i < namesAndValues.length; i += 2) {
        headers.add(namesAndValues[i], namesAndValues[i + 1]);
      }
      last = stream.writeAndFlush(new DefaultHttp3HeadersFrame(headers));
      return this;
    }

    /** Sends the head of a request to {@code a.example}. */
    public Request head(String method, String path, String... more) {
      String[] all = new String[8 + more.length];
      String[] pseudo = {":method", method, ":scheme", "https", ":authority", "a.example"};
      System.arraycopy(pseudo, 0, all, 0, 6);
      all[6] = ":path";
      all[7] = path;
      System.arraycopy(more, 0, all, 8, more.length);
      return headers(all);
    }

    /** Sends a piece of the body, one byte a character. */
    public Request data(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      last = stream.writeAndFlush(new DefaultHttp3DataFrame(Unpooled.wrappedBuffer(bytes)));
      return this;
    }

    /** Ends our direction, after all that was sent: the codec's end would overtake it. */
    public Request end() {
      last.addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
      return this;
    }

    /** Ends both directions, so that the server sees a reset with H3_REQUEST_CANCELLED. */
    public void reset() {
      stream.shutdown(0x10c, stream.newPromise());
    }

    /** Wants no more of the answer: STOP_SENDING with H3_REQUEST_CANCELLED. */
    public void stop() {
      stream.shutdownInput(0x10c);
    }

    private Object next() throws InterruptedException {
      Object next = came.poll(SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came");
      }
      return next;
    }

    /** The next head, or the trailers. */
    public Http3Headers headers() throws InterruptedException {
      return assertInstanceOf(Http3Headers.class, next());
    }

    /** The next piece of the body. */
    public String piece() throws InterruptedException {
      return assertInstanceOf(String.class, next());
    }

    /** The status of a head that comes now. */
    public int status() throws InterruptedException {
      return Integer.parseInt(String.valueOf(headers().status()));
    }

    /** The rest of the body, up to the end in order; what follows it are trailers, or null. */
    public String body() throws InterruptedException {
      StringBuilder body = new StringBuilder();
      for (Object next = next(); next != End.OF_STREAM; next = next()) {
        if (next instanceof Http3Headers trailers) {
          body.append('|').append(trailers.iterator().next());
        } else {
          body.append(assertInstanceOf(String.class, next));
        }
      }
      return body.toString();
    }

    /** The code of the reset that comes now, after any pieces of a body. */
    public long resetCode() throws InterruptedException {
      Object next = next();
      while (next instanceof String || next instanceof Http3Headers) {
        next = next();
      }
      return assertInstanceOf(QuicStreamResetException.class, next).applicationProtocolCode();
    }
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
