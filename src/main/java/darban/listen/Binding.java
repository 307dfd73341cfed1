package darban.listen;

import darban.base.Failure;
import darban.base.HostPort;
import darban.base.Kind;
import darban.flow.Loop;
import darban.flow.SocketFile;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A listening stream socket, TCP or unix. On TCP every event loop accepts for itself from a socket
 * of its own (SO_REUSEPORT), so a connection never changes threads; where the platform cannot do
 * that, and on unix sockets, the first loop accepts and hands the channels out in turn. Any thread.
 *
 * <p>Bound, it takes nothing yet: clients wait in the kernel's queue until {@link #open}. That can
 * be called again, with who takes connections from then on: a socket is handed over without a
 * client noticing.
 */
public final class Binding {
  private static final int BACKLOG = 4096;

  private final SocketAddress address;
  private final List<Channel> channels;
  private final Taker taker;

  /** Whoever takes connections now. */
  private static final class Taker {
    private volatile BiConsumer<Loop, Channel> accept = (loop, channel) -> channel.close();
  }

  private Binding(SocketAddress address, List<Channel> channels, Taker taker) {
    this.address = address;
    this.channels = channels;
    this.taker = taker;
  }

  /**
   * Binds.
   *
   * @param shared whether a socket of this process may hold a part of the address already, as
   *     {@code [::]:80} is a part of {@code 127.0.0.1:80}
   */
  public static Future<Binding> bind(List<Loop> loops, SocketAddress address, boolean shared) {
    Loop first = loops.getFirst();
    return first
        .vertx()
        .executeBlocking(() -> shared ? address : free(address), false)
        .compose(free -> bindFree(loops, java.util.Objects.requireNonNull(free)));
  }

  private static Future<Binding> bindFree(List<Loop> loops, SocketAddress address) {
    Loop first = loops.getFirst();
    boolean unix = !(address instanceof InetSocketAddress);
    boolean perLoop = !unix && first.transport().sharesPorts();
    List<Loop> acceptors = perLoop ? loops : List.of(first);
    List<Channel> bound = new ArrayList<>();
    Taker taker = new Taker();
    Future<Void> all = Future.succeededFuture();
    for (Loop acceptor : acceptors) {
      LoopGroup group = new LoopGroup(perLoop ? List.of(acceptor) : loops);
      all =
          all.compose(done -> bindOne(acceptor, group, address, taker, perLoop))
              .map(channel -> {
                bound.add(channel);
                return null;
              });
    }
    return all.map(done -> new Binding(bound.getFirst().localAddress(), List.copyOf(bound), taker))
        .onFailure(why -> bound.forEach(Channel::close));
  }

  /** The address, free to be bound; port 0 becomes a free one here. */
  private static SocketAddress free(SocketAddress address) {
    try {
      if (address instanceof InetSocketAddress inet) {
        return probe(inet);
      }
      SocketFile.clear(Path.of(show(address).substring("unix:".length())));
      return address;
    } catch (IOException e) {
      throw refused(address, e);
    }
  }

  /**
   * With SO_REUSEPORT two processes could share a port unknowingly, so the address is bound once
   * without it.
   */
  private static InetSocketAddress probe(InetSocketAddress address) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
      return new InetSocketAddress(address.getAddress(), probe.getLocalPort());
    }
  }

  private static Failure refused(SocketAddress address, Throwable why) {
    return Failure.of(
        Kind.INTERNAL, "cannot listen on " + show(address) + ": " + why.getMessage(), why);
  }

  /** The address as the configuration would write it. */
  public static String show(SocketAddress address) {
    return switch (address) {
      case InetSocketAddress inet when inet.getAddress() == null -> inet.toString();
      case InetSocketAddress inet when inet.getAddress().isAnyLocalAddress() ->
          "[::]:" + inet.getPort();
      case InetSocketAddress inet ->
          new HostPort(NetUtil.toAddressString(inet.getAddress()), inet.getPort()).toString();
      case DomainSocketAddress unix -> "unix:" + unix.path();
      case UnixDomainSocketAddress unix -> "unix:" + unix.getPath();
      default -> address.toString();
    };
  }

  private static Future<Channel> bindOne(
      Loop acceptor, LoopGroup loops, SocketAddress address, Taker taker, boolean shared) {
    boolean unix = !(address instanceof InetSocketAddress);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(acceptor.eventLoop(), loops)
            .channelFactory(
                ((VertxInternal) acceptor.vertx()).transport().serverChannelFactory(unix))
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    taker.accept.accept(loops.loopOf(channel), channel);
                  }
                });
    if (!unix) {
      bootstrap
          .option(ChannelOption.SO_REUSEADDR, true)
          .childOption(ChannelOption.SO_KEEPALIVE, true);
    }
    if (shared) {
      bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    Promise<Channel> promise = Promise.promise();
    bootstrap
        .bind(address)
        .addListener((io.netty.channel.ChannelFuture done) -> {
          if (done.isSuccess()) {
            promise.complete(done.channel());
          } else {
            promise.fail(refused(address, done.cause()));
          }
        });
    return promise.future();
  }

  /** The address bound, with the port that was chosen. */
  public SocketAddress address() {
    return address;
  }

  /**
   * Takes connections from now on.
   *
   * @param accept sets up the pipeline of an accepted channel, on its loop
   */
  public void open(BiConsumer<Loop, Channel> accept) {
    taker.accept = accept;
    channels.forEach(channel -> channel.config().setAutoRead(true));
  }

  /** Once open: takes connections, or lets those who come wait. */
  public void accepting(boolean wanted) {
    channels.forEach(channel -> channel.config().setAutoRead(wanted));
  }

  /** Stops accepting. What was accepted goes on. */
  public Future<Void> close() {
    List<Future<Void>> closed = new ArrayList<>();
    for (Channel channel : channels) {
      Promise<Void> promise = Promise.promise();
      channel.close().addListener(done -> promise.complete());
      closed.add(promise.future());
    }
    return Future.all(closed).mapEmpty();
  }
}
