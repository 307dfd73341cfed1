package darban.serve.forward;

import darban.base.Failure;
import darban.base.HostPort;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Target;
import darban.protocol.h1.RawDuplex;
import darban.resolve.AddressGuard;
import darban.resolve.Destination;
import darban.resolve.Dialer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Set;

/** Fetches for clients and tunnels for them. One per event loop. */
public final class ForwardProxy implements Endpoint {
  private static final int SMTP = 25;

  private final Dialer dialer;
  private final AddressGuard guard;
  private final Set<Integer> connectPorts;
  private final Duration connect;
  private final ForwardOrigins origins;

  /**
   * A proxy.
   *
   * @param guard asked about each address that is dialled
   * @param connectPorts ports CONNECT may name; empty for any but 25, which spammers want
   * @param connect the longest wait for a tunnel's far end
   * @param origins fetches absolute-form requests
   */
  public ForwardProxy(
      Dialer dialer,
      AddressGuard guard,
      Set<Integer> connectPorts,
      Duration connect,
      ForwardOrigins origins) {
    this.dialer = dialer;
    this.guard = guard;
    this.connectPorts = connectPorts;
    this.connect = connect;
    this.origins = origins;
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    RequestHead head = exchange.request();
    if (head.method() == Method.CONNECT) {
      return head.protocol() == null
          ? connect(exchange, head)
          : Future.failedFuture(Failure.of(Kind.NOT_IMPLEMENTED, "extended CONNECT not offered"));
    }
    if (head.target().form() != Target.Form.ABSOLUTE) {
      return Future.failedFuture(
          Failure.of(Kind.BAD_REQUEST, "this is a forward proxy: the target must be absolute"));
    }
    boolean mail = HostPort.parse(head.authority()).filter(to -> to.port() == SMTP).isPresent();
    return mail && !connectPorts.contains(SMTP)
        ? Future.failedFuture(notAllowed())
        : origins.fetch(exchange);
  }

  private static Failure notAllowed() {
    return Failure.of(Kind.FORBIDDEN, "this port is not allowed");
  }

  private Future<Reply> connect(Exchange exchange, RequestHead head) {
    HostPort to = HostPort.parse(head.authority()).orElse(null);
    if (to == null || to.port() <= 0) {
      return Future.failedFuture(Failure.of(Kind.BAD_REQUEST, "CONNECT needs a host and a port"));
    }
    boolean allowed = connectPorts.isEmpty() ? to.port() != SMTP : connectPorts.contains(to.port());
    if (!allowed) {
      return Future.failedFuture(notAllowed());
    }
    exchange.timeline().attempt(to.toString());
    Future<Channel> dialled =
        dialer.dial(
            exchange.loop(),
            new Destination.Inet(to.host(), to.port()),
            guard,
            connect,
            ChannelInboundHandlerAdapter::new);
    return dialled.compose(channel -> tunnel(exchange, channel));
  }

  private static Future<Reply> tunnel(Exchange exchange, Channel channel) {
    if (exchange.over()) {
      channel.close();
      return Future.failedFuture(Failure.of(Kind.CLIENT_GONE, "client has left"));
    }
    exchange.timeline().connected(exchange.loop().nanos());
    RawDuplex far = new RawDuplex(channel, null);
    far.replace(channel.pipeline().firstContext());
    return Future.succeededFuture(new Reply.Tunnel(200, Fields.NONE, far));
  }
}
