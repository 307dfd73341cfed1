package darban.listen.web;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Loop;
import darban.protocol.ServerOptions;
import darban.tls.ServerTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicCodecDispatcher;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicTransportParameters;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * The UDP side of a listener: one socket for each event loop on the same port. The kernel spreads
 * clients over them; a client whose address changes is led back to its loop by its connection
 * identifier, which names the loop. Any thread.
 *
 * <p>As with a {@link darban.listen.Binding}, {@link #open} says who takes connections from then
 * on. What QUIC itself was promised when the socket was bound (the idle time, the number of
 * streams, the size of datagrams) stays: the codec cannot change it.
 */
final class QuicBinding {
  /** An option of that name that both native transports have. */
  private static final ChannelOption<Integer> MAX_DATAGRAM_PAYLOAD_SIZE =
      ChannelOption.valueOf("MAX_DATAGRAM_PAYLOAD_SIZE");

  private static final long STREAM_WINDOW = 256 * 1024;
  private static final long CONNECTION_WINDOW = 1024 * 1024;

  private final List<Channel> channels;
  private final Dispatcher dispatcher;

  private QuicBinding(List<Channel> channels, Dispatcher dispatcher) {
    this.channels = channels;
    this.dispatcher = dispatcher;
  }

  /**
   * Who takes connections.
   *
   * @param accept sets up a new connection, on its loop
   */
  record Taker(ServerTls tls, BiConsumer<Loop, QuicChannel> accept) {}

  /** Binds; datagrams wait until {@link #open}. */
  static Future<QuicBinding> bind(
      List<Loop> loops,
      InetSocketAddress address,
      ServerOptions options,
      Datagrams datagrams,
      Taker taker) {
    boolean share = loops.getFirst().transport().sharesPorts();
    List<Loop> used = share ? loops : loops.subList(0, 1);
    Dispatcher dispatcher = new Dispatcher(used, options, datagrams, taker);
    List<Channel> bound = new ArrayList<>();
    Future<Void> all = Future.succeededFuture();
    for (Loop loop : used) {
      all =
          all.compose(done ->
              bindOne(loop, address, dispatcher, share)
                  .map(channel -> {
                    bound.add(channel);
                    return null;
                  }));
    }
    return all.map(done -> new QuicBinding(List.copyOf(bound), dispatcher))
        .onFailure(why -> bound.forEach(Channel::close));
  }

  private static Future<Channel> bindOne(
      Loop loop, InetSocketAddress address, Dispatcher dispatcher, boolean share) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop.eventLoop())
            .channelFactory(((VertxInternal) loop.vertx()).transport().datagramChannelFactory())
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    dispatcher.readManyAtOnce(channel);
                    channel.pipeline().addLast(dispatcher);
                  }
                });
    bootstrap.option(ChannelOption.AUTO_READ, false);
    if (share) {
      bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    Promise<Channel> promise = Promise.promise();
    bootstrap
        .bind(address)
        .addListener((ChannelFuture done) -> {
          if (done.isSuccess()) {
            promise.complete(done.channel());
          } else {
            promise.fail(
                Failure.of(
                    Kind.INTERNAL,
                    "cannot listen on UDP port "
                        + address.getPort()
                        + ": "
                        + done.cause().getMessage(),
                    done.cause()));
          }
        });
    return promise.future();
  }

  /** Sets up the codec on each socket and leads packets to the socket of their connection. */
  private static final class Dispatcher extends QuicCodecDispatcher {
    private final List<Loop> loops;
    private final ServerOptions options;
    private final Datagrams datagrams;
    private volatile Taker taker;

    Dispatcher(List<Loop> loops, ServerOptions options, Datagrams datagrams, Taker taker) {
      this.loops = loops;
      this.options = options;
      this.datagrams = datagrams;
      this.taker = taker;
    }

    void readManyAtOnce(Channel channel) {
      if (channel instanceof UnixChannel) {
        int room = datagrams.room();
        channel.config().setOption(MAX_DATAGRAM_PAYLOAD_SIZE, room);
        channel
            .config()
            .setOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(room * datagrams.receivedAtOnce()));
      }
    }

    @Override
    protected void initChannel(
        Channel channel, int idLength, QuicConnectionIdGenerator idGenerator) {
      Loop loop =
          loops.stream()
              .filter(each -> each.eventLoop() == channel.eventLoop())
              .findFirst()
              .orElseThrow();
      int streams = options.limits().streams();
      channel
          .pipeline()
          .addLast(
              new QuicServerCodecBuilder()
                  .sslEngineProvider(
                      made -> taker.tls().quic().orElseThrow().newEngine(made.alloc()))
                  .sslTaskExecutor(task -> taker.tls().quicTasks().execute(task))
                  .localConnectionIdLength(idLength)
                  .connectionIdAddressGenerator(idGenerator)
                  .maxIdleTimeout(options.timeouts().idle().toMillis(), TimeUnit.MILLISECONDS)
                  .maxSendUdpPayloadSize(datagrams.payload())
                  .maxRecvUdpPayloadSize(datagrams.room())
                  .initialMaxData(CONNECTION_WINDOW)
                  .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
                  .initialMaxStreamDataUnidirectional(STREAM_WINDOW)
                  .initialMaxStreamsBidirectional(streams)
                  .initialMaxStreamsUnidirectional(8)
                  .activeMigration(true)
                  .handler(connection(loop))
                  .build());
    }

    private ChannelHandler connection(Loop loop) {
      return new ChannelInitializer<QuicChannel>() {
        @Override
        protected void initChannel(QuicChannel channel) {
          Taker now = taker;
          channel.pipeline().addLast(now.tls().quicWatch());
          if (channel.parent() instanceof UnixChannel) {
            channel.pipeline().addLast(new ManyAtOnce(datagrams));
          }
          now.accept().accept(loop, channel);
        }
      };
    }
  }

  /** Sends as many datagrams at once as the size lets that the client takes. */
  private static final class ManyAtOnce extends ChannelInboundHandlerAdapter {
    private final Datagrams datagrams;

    ManyAtOnce(Datagrams datagrams) {
      this.datagrams = datagrams;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      sendAtOnce(ctx.channel(), datagrams.segments(datagrams.payload()));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
      if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
        QuicTransportParameters client = ((QuicChannel) ctx.channel()).peerTransportParameters();
        if (client != null) {
          sendAtOnce(ctx.channel(), datagrams.segments(client.maxUdpPayloadSize()));
        }
        ctx.pipeline().remove(this);
      }
      super.userEventTriggered(ctx, event);
    }

    private static void sendAtOnce(Channel channel, int segments) {
      channel
          .config()
          .setOption(
              QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR,
              EpollQuicUtils.newSegmentedAllocator(segments));
    }
  }

  /** Lets {@code taker} take the connections that are made from now on. */
  void open(Taker taker) {
    dispatcher.taker = taker;
    channels.forEach(channel -> channel.config().setAutoRead(true));
  }

  /** Closes the sockets; their connections end with them. */
  Future<Void> close() {
    List<Future<Void>> closed = new ArrayList<>();
    for (Channel channel : channels) {
      Promise<Void> promise = Promise.promise();
      channel.close().addListener(done -> promise.complete());
      closed.add(promise.future());
    }
    return Future.all(closed).mapEmpty();
  }
}
