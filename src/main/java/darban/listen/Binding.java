package darban.listen;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Loop;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A listening stream socket, TCP or unix. On TCP every event loop accepts for itself from a socket
 * of its own (SO_REUSEPORT), so a connection never changes threads; where the platform cannot do
 * that, and on unix sockets, the first loop accepts and hands the channels out in turn. Any thread.
 */
public final class Binding {
  private static final int BACKLOG = 4096;

  private final SocketAddress address;
  private final List<Channel> channels;

  private Binding(SocketAddress address, List<Channel> channels) {
    this.address = address;
    this.channels = channels;
  }

  /**
   * Binds.
   *
   * @param accept sets up the pipeline of an accepted channel, on its loop
   */
  public static Future<Binding> bind(
      List<Loop> loops, SocketAddress address, BiConsumer<Loop, Channel> accept) {
    Loop first = loops.getFirst();
    boolean unix = address instanceof DomainSocketAddress;
    boolean perLoop = !unix && loops.size() > 1 && canSharePort(first);
    if (perLoop) {
      return first
          .vertx()
          .executeBlocking(() -> probe((InetSocketAddress) address), false)
          .compose(free -> bindEach(loops, java.util.Objects.requireNonNull(free), accept));
    }
    return bindOne(first, new LoopGroup(loops), address, accept, false)
        .map(channel -> new Binding(channel.localAddress(), List.of(channel)));
  }

  /**
   * With SO_REUSEPORT two processes could share a port unknowingly, so the address is bound once
   * without it. Port 0 becomes a free one here.
   */
  private static InetSocketAddress probe(InetSocketAddress address) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
      return new InetSocketAddress(address.getAddress(), probe.getLocalPort());
    } catch (IOException e) {
      throw refused(address, e);
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
      case InetSocketAddress inet -> {
        String host = inet.getAddress().getHostAddress();
        yield (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
      }
      case DomainSocketAddress unix -> "unix:" + unix.path();
      default -> address.toString();
    };
  }

  /** Whether to dial {@code address} and {@code port} leads to what is bound to {@code bound}. */
  public static boolean leads(InetAddress address, int port, @Nullable SocketAddress bound) {
    return bound instanceof InetSocketAddress inet
        && inet.getPort() == port
        && (inet.getAddress().equals(address)
            || (inet.getAddress().isAnyLocalAddress() && isLocal(address))
            || (address.isAnyLocalAddress() && isLocal(inet.getAddress())));
  }

  private static boolean isLocal(InetAddress address) {
    try {
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException unknown) {
      return true;
    }
  }

  /** Netty knows SO_REUSEPORT on its native transports only. */
  private static boolean canSharePort(Loop loop) {
    return loop.vertx().isNativeTransportEnabled();
  }

  private static Future<Binding> bindEach(
      List<Loop> loops, InetSocketAddress address, BiConsumer<Loop, Channel> accept) {
    List<Channel> bound = new ArrayList<>();
    Future<Void> all = Future.succeededFuture();
    for (Loop loop : loops) {
      all =
          all.compose(done ->
              bindOne(loop, new LoopGroup(List.of(loop)), address, accept, true)
                  .map(channel -> {
                    bound.add(channel);
                    return null;
                  }));
    }
    return all.map(done -> new Binding(bound.getFirst().localAddress(), List.copyOf(bound)))
        .onFailure(why -> bound.forEach(Channel::close));
  }

  private static Future<Channel> bindOne(
      Loop acceptor,
      LoopGroup loops,
      SocketAddress address,
      BiConsumer<Loop, Channel> accept,
      boolean shared) {
    boolean unix = address instanceof DomainSocketAddress;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(acceptor.eventLoop(), loops)
            .channelFactory(
                ((VertxInternal) acceptor.vertx()).transport().serverChannelFactory(unix))
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept.accept(loops.loopOf(channel), channel);
                  }
                });
    if (!unix) {
      bootstrap
          .option(ChannelOption.SO_REUSEADDR, true)
          .childOption(ChannelOption.TCP_NODELAY, true)
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

  /** Accepts, or lets those who come wait. */
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
