package darban.resolve;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Retry;
import darban.flow.Closing;
import darban.flow.Loop;
import darban.flow.SocketFile;
import darban.flow.StandingInterest;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections on the event loop it is asked from. Where a name has several addresses it tries
 * them a quarter of a second apart and takes the first that answers (RFC 8305 §5). Any event loop.
 */
public final class Dialer {
  private static final long NEXT_ADDRESS_MILLIS = 250;
  private static final int MOST_ADDRESSES = 8;

  private final Resolver resolver;

  /** A dialer that resolves by {@code resolver}. */
  public Dialer(Resolver resolver) {
    this.resolver = resolver;
  }

  /**
   * Connects to {@code to}.
   *
   * @param guard asked about each address before it is dialled
   * @param within the longest wait, resolution included
   * @param handler makes the first handler of the channel, once a try
   * @return the channel, not reading yet, or a {@link Failure} that says whose fault it was
   */
  public Future<Channel> dial(
      Loop loop,
      Destination to,
      AddressGuard guard,
      Duration within,
      Supplier<ChannelHandler> handler) {
    Race race = new Race(loop, within, handler);
    switch (to) {
      case Destination.Unix unix ->
          race.run(List.of(SocketFile.address(loop, Path.of(unix.path()))));
      case Destination.Inet inet ->
          resolver
              .resolve(loop, inet.host())
              .onSuccess(addresses -> race.run(allowed(addresses, inet, guard)))
              .onFailure(race::fail);
    }
    return race.promise.future();
  }

  private static List<SocketAddress> allowed(
      List<InetAddress> addresses, Destination.Inet to, AddressGuard guard) {
    List<SocketAddress> allowed = new ArrayList<>(addresses.size());
    for (InetAddress address : addresses) {
      if (guard.allows(address, to.port()) && allowed.size() < MOST_ADDRESSES) {
        allowed.add(new InetSocketAddress(address, to.port()));
      }
    }
    return allowed;
  }

  /** One connection in the making. */
  private static final class Race {
    private final Loop loop;
    private final Supplier<ChannelHandler> handler;
    private final Promise<Channel> promise;
    private final ScheduledFuture<?> deadline;
    private final List<ChannelFuture> running = new ArrayList<>(2);
    private List<SocketAddress> addresses = List.of();
    private int next;
    private @Nullable ScheduledFuture<?> nextTry;
    private @Nullable Throwable lastCause;

    Race(Loop loop, Duration within, Supplier<ChannelHandler> handler) {
      this.loop = loop;
      this.handler = handler;
      this.promise = loop.context().promise();
      this.deadline =
          loop.eventLoop()
              .schedule(
                  () ->
                      fail(
                          Failure.of(Kind.CONNECTION_TIMEOUT, "connection not made in time")
                              .retry(Retry.ALWAYS)),
                  within.toMillis(),
                  TimeUnit.MILLISECONDS);
    }

    void run(List<SocketAddress> to) {
      if (promise.future().isComplete()) {
        return;
      }
      if (to.isEmpty()) {
        fail(
            Failure.of(
                Kind.ADDRESS_PROHIBITED, "the destination's address may not be connected to"));
        return;
      }
      addresses = to;
      tryNext();
    }

    private void tryNext() {
      if (next == addresses.size()) {
        return;
      }
      SocketAddress address = addresses.get(next++);
      ChannelFuture connecting = bootstrap(address).connect(address);
      running.add(connecting);
      connecting.addListener(done -> arrived((ChannelFuture) done, address));
      if (next < addresses.size() && !promise.future().isComplete()) {
        nextTry =
            loop.eventLoop().schedule(this::tryNext, NEXT_ADDRESS_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    private Bootstrap bootstrap(SocketAddress address) {
      boolean unix = !(address instanceof InetSocketAddress);
      ChannelFactory<? extends Channel> channels =
          ((VertxInternal) loop.vertx()).transport().channelFactory(unix);
      Bootstrap bootstrap =
          new Bootstrap()
              .group(loop.eventLoop())
              .channelFactory(
                  () -> StandingInterest.in(Closing.in(loop.transport(), channels.newChannel())))
              .option(ChannelOption.AUTO_READ, false)
              .handler(handler.get());
      return unix ? bootstrap : bootstrap.option(ChannelOption.SO_KEEPALIVE, true);
    }

    private void arrived(ChannelFuture done, SocketAddress address) {
      running.remove(done);
      cancel(nextTry);
      nextTry = null;
      if (done.isSuccess()) {
        won(done.channel());
        return;
      }
      if (!done.isCancelled()) {
        lastCause = done.cause();
      }
      if (promise.future().isComplete()) {
        return;
      }
      if (next < addresses.size()) {
        tryNext();
      } else if (running.isEmpty()) {
        fail(failure(lastCause, address));
      }
    }

    private void won(Channel channel) {
      deadline.cancel(false);
      if (!promise.tryComplete(channel)) {
        channel.close();
      }
      stopOthers();
    }

    private static Failure failure(@Nullable Throwable cause, SocketAddress address) {
      Throwable why = cause == null ? new java.io.IOException("not connected") : cause;
      Kind kind =
          why instanceof NoRouteToHostException || unreachable(why)
              ? Kind.UNREACHABLE
              : Kind.CONNECTION_REFUSED;
      String message =
          kind == Kind.UNREACHABLE ? "no route to the destination" : "connection refused";
      return Failure.of(kind, message, why).detailed(said(why, address)).retry(Retry.ALWAYS);
    }

    /** Not every transport tells which address it was about. */
    private static String said(Throwable why, SocketAddress address) {
      String message = String.valueOf(why.getMessage());
      String about = address.toString();
      return message.contains(about) ? message : message + ": " + about;
    }

    private static boolean unreachable(Throwable why) {
      String message = why.getMessage();
      return message != null && message.contains("unreachable");
    }

    void fail(Throwable why) {
      deadline.cancel(false);
      cancel(nextTry);
      promise.tryFail(why);
      stopOthers();
    }

    private void stopOthers() {
      for (ChannelFuture other : List.copyOf(running)) {
        other.cancel(false);
        other.channel().close();
      }
    }

    private static void cancel(@Nullable ScheduledFuture<?> timer) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
  }
}
