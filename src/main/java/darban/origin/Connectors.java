package darban.origin;

import darban.base.HostPort;
import darban.flow.Loop;
import darban.protocol.ClientConnection;
import darban.protocol.ClientOptions;
import darban.protocol.h1.Http1Client;
import darban.protocol.h2.Http2Client;
import darban.resolve.AddressGuard;
import darban.resolve.Destination;
import darban.resolve.Dialer;
import darban.tls.OriginFailures;
import darban.tls.OriginTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Function;

/**
 * How the servers of a group are connected to: dialled, by TLS where asked, and spoken to in the
 * version that was agreed on. Any event loop.
 */
public final class Connectors implements Function<Server, Connector> {
  private final Dialer dialer;
  private final AddressGuard guard;
  private final Group group;
  private final Function<Server.Protocol, OriginTls> tls;

  /**
   * Connectors of a group.
   *
   * @param guard asked about each address that is dialled
   * @param tls the TLS for a protocol that needs it
   */
  public Connectors(
      Dialer dialer, AddressGuard guard, Group group, Function<Server.Protocol, OriginTls> tls) {
    this.dialer = dialer;
    this.guard = guard;
    this.group = group;
    this.tls = tls;
  }

  @Override
  public Connector apply(Server server) {
    return (loop, owner) ->
        dialer
            .dial(loop, server.destination(), guard, group.connect(), Silent::new)
            .compose(channel -> secured(loop, server, channel))
            .map(channel -> speaking(loop, server, channel, owner));
  }

  /** Holds a new channel's place until it is known what it speaks. */
  private static final class Silent extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(io.netty.channel.ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private Future<Channel> secured(Loop loop, Server server, Channel channel) {
    if (!server.protocol().secure()) {
      return Future.succeededFuture(channel);
    }
    int port = server.destination() instanceof Destination.Inet inet ? inet.port() : 443;
    SslHandler handler;
    try {
      HostPort origin = new HostPort(server.host(), port);
      handler = tls.apply(server.protocol()).handler(channel.alloc(), origin);
    } catch (RuntimeException refused) {
      channel.close();
      return Future.failedFuture(refused);
    }
    Promise<Channel> promise = loop.context().promise();
    channel.pipeline().addFirst(handler);
    handler
        .handshakeFuture()
        .addListener(done -> {
          if (done.isSuccess()) {
            promise.complete(channel);
          } else {
            channel.close();
            promise.fail(OriginFailures.of(done.cause()));
          }
        });
    channel.config().setAutoRead(true);
    return promise.future();
  }

  private ClientConnection speaking(
      Loop loop, Server server, Channel channel, Connector.Owner owner) {
    ClientOptions options = new ClientOptions(group.limits(), group.response(), group.idle());
    boolean secure = server.protocol().secure();
    ClientConnection connection =
        speaksSecond(server, channel)
            ? new Http2Client(loop, options, secure, owner::freed)
            : new Http1Client(loop, options, owner::freed);
    channel.closeFuture().addListener(closed -> owner.closed(connection));
    channel.pipeline().replace(Silent.class, null, (ChannelHandler) connection);
    channel.config().setAutoRead(true);
    return connection;
  }

  private static boolean speaksSecond(Server server, Channel channel) {
    return switch (server.protocol()) {
      case HTTP -> false;
      case H2C, H2 -> true;
      case HTTPS -> {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        yield handler != null && "h2".equals(handler.applicationProtocol());
      }
    };
  }
}
