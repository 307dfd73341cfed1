package darban.app;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Limits;
import darban.flow.Loop;
import darban.origin.Connector;
import darban.origin.Group;
import darban.origin.Server;
import darban.protocol.ClientConnection;
import darban.protocol.ClientOptions;
import darban.protocol.h1.Http1Client;
import darban.protocol.h2.Http2Client;
import darban.resolve.AddressGuard;
import darban.resolve.Dialer;
import darban.tls.OriginTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the servers of a group are connected to: dialled, by TLS where asked, and spoken to in the
 * version that was agreed on. Any event loop.
 */
final class Connectors implements Function<Server, Connector> {
  private final Dialer dialer;
  private final AddressGuard guard;
  private final Group group;
  private final @Nullable OriginTls tls;

  /**
   * Connectors of a group.
   *
   * @param tls for its https and h2 servers; null if it has none
   */
  Connectors(Dialer dialer, AddressGuard guard, Group group, @Nullable OriginTls tls) {
    this.dialer = dialer;
    this.guard = guard;
    this.group = group;
    this.tls = tls;
  }

  @Override
  public Connector apply(Server server) {
    return (loop, owner) ->
        dialer
            .dial(
                loop, server.destination(), guard, group.connect(), ChannelInboundHandlerAdapter::new)
            .compose(channel -> secured(loop, server, channel))
            .map(channel -> speaking(loop, server, channel, owner));
  }

  private Future<Channel> secured(Loop loop, Server server, Channel channel) {
    if (!server.protocol().secure()) {
      return Future.succeededFuture(channel);
    }
    if (tls == null) {
      channel.close();
      return Future.failedFuture(Failure.of(Kind.INTERNAL, "no TLS for this service"));
    }
    return tls.handshake(loop, channel, server.host(), group.connect());
  }

  private ClientConnection speaking(
      Loop loop, Server server, Channel channel, Connector.Owner owner) {
    ClientOptions options = new ClientOptions(Limits.DEFAULT, group.response(), group.idle());
    ChannelHandlerContext first = channel.pipeline().firstContext();
    ClientConnection connection;
    if (speaksSecond(server, channel)) {
      connection = new Http2Client(loop, options, server.protocol().secure(), owner::freed);
    } else {
      connection = new Http1Client(loop, options, owner::freed);
    }
    channel.closeFuture().addListener(closed -> owner.closed(connection));
    channel.pipeline().addLast((ChannelHandler) connection);
    if (first != null && first.handler().getClass() == ChannelInboundHandlerAdapter.class) {
      channel.pipeline().remove(first.handler());
    }
    channel.config().setAutoRead(true);
    return connection;
  }

  private static boolean speaksSecond(Server server, Channel channel) {
    return switch (server.protocol()) {
      case HTTP -> false;
      case H2C, H2 -> true;
      case HTTPS -> OriginTls.agreed(channel).filter("h2"::equals).isPresent();
    };
  }
}
