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
 * streams) stays: the codec cannot change it.
 */
final class QuicBinding {
  /** An option of that name that both native transports have. */
  private static final ChannelOption<Integer> MAX_DATAGRAM_PAYLOAD_SIZE =
      ChannelOption.valueOf("MAX_DATAGRAM_PAYLOAD_SIZE");

  private static final int UDP_PAYLOAD = 1350;
  private static final int SEGMENTS = 40;

  /** What came in the meantime is answered together: the more, the larger what is sent at once. */
  private static final int DATAGRAMS_AT_ONCE = 32;

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
      List<Loop> loops, InetSocketAddress address, ServerOptions options, Taker taker) {
    boolean share = loops.getFirst().transport().sharesPorts();
    List<Loop> used = share ? loops : loops.subList(0, 1);
    Dispatcher dispatcher = new Dispatcher(used, options, taker);
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
                    readManyAtOnce(channel);
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

  /** Several datagrams by one system call (recvmmsg), or one turn of the ring. */
  private static void readManyAtOnce(Channel channel) {
    if (channel instanceof UnixChannel) {
      channel.config().setOption(MAX_DATAGRAM_PAYLOAD_SIZE, 2048);
      channel
          .config()
          .setOption(
              ChannelOption.RECVBUF_ALLOCATOR,
              new FixedRecvByteBufAllocator(2048 * DATAGRAMS_AT_ONCE));
    }
  }

  /** Sets up the codec on each socket and leads packets to the socket of their connection. */
  private static final class Dispatcher extends QuicCodecDispatcher {
    private final List<Loop> loops;
    private final ServerOptions options;
    private volatile Taker taker;

    Dispatcher(List<Loop> loops, ServerOptions options, Taker taker) {
      this.loops = loops;
      this.options = options;
      this.taker = taker;
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
      QuicServerCodecBuilder codec =
          new QuicServerCodecBuilder()
              .sslEngineProvider(made -> taker.tls().quic().orElseThrow().newEngine(made.alloc()))
              .sslTaskExecutor(task -> taker.tls().quicTasks().execute(task))
              .localConnectionIdLength(idLength)
              .connectionIdAddressGenerator(idGenerator)
              .maxIdleTimeout(options.timeouts().idle().toMillis(), TimeUnit.MILLISECONDS)
              .maxSendUdpPayloadSize(UDP_PAYLOAD)
              .maxRecvUdpPayloadSize(2048)
              .initialMaxData(CONNECTION_WINDOW)
              .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
              .initialMaxStreamDataUnidirectional(STREAM_WINDOW)
              .initialMaxStreamsBidirectional(streams)
              .initialMaxStreamsUnidirectional(8)
              .activeMigration(true)
              .handler(connection(loop));
      if (channel instanceof UnixChannel) {
        codec.option(
            QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR,
            EpollQuicUtils.newSegmentedAllocator(SEGMENTS));
      }
      channel.pipeline().addLast(codec.build());
    }

    private ChannelHandler connection(Loop loop) {
      return new ChannelInitializer<QuicChannel>() {
        @Override
        protected void initChannel(QuicChannel channel) {
          Taker now = taker;
          channel.pipeline().addLast(now.tls().quicWatch());
          now.accept().accept(loop, channel);
        }
      };
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
