package darban.serve;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HopByHop;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Target;
import darban.http.Version;
import darban.origin.Call;
import darban.origin.Origins;
import darban.origin.Server;
import darban.wire.Framing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;

/**
 * Passes an exchange on to an origin, both ways at once: what belongs to one connection stays there
 * (RFC 9110 §7.6.1), the rest goes through as it comes. Stateless, any event loop.
 */
public final class ProxyPass {
  private ProxyPass() {}

  /** Passes {@code exchange} on to {@code origins}; takes the request's body. */
  public static Future<Reply> pass(Exchange exchange, Origins origins) {
    RequestHead head = exchange.request();
    if (head.protocol() != null && !HopByHop.mayUpgradeTo(head.protocol())) {
      return Future.failedFuture(Failure.of(Kind.NOT_IMPLEMENTED, "protocol not offered"));
    }
    if (head.method() == Method.TRACE
        || (head.method() == Method.CONNECT && head.protocol() == null)) {
      // TRACE would show the client what proxies add; CONNECT is for the forward proxy.
      return Future.failedFuture(Failure.of(Kind.NOT_IMPLEMENTED, "method not offered"));
    }
    if (hopsLeft(head) == 0) {
      return Future.succeededFuture(Reply.empty(200, Fields.NONE));
    }
    Relay relay = new Relay(exchange);
    Body body = exchange.takeBody();
    Call call =
        new Call(
            exchange.loop(), origins, forwarded(head, body), body, ProxyPass::forServer, relay);
    exchange.onCancel(call::cancel);
    call.start();
    return relay.promise.future();
  }

  /** How far OPTIONS may be passed on, or -1 where it does not say (RFC 9110 §7.6.2). */
  private static long hopsLeft(RequestHead head) {
    String hops = head.fields().get(FieldName.MAX_FORWARDS);
    return hops == null || head.method() != Method.OPTIONS ? -1 : Framing.length(hops);
  }

  /** The request without what belongs to the client's connection, plus what belongs to ours. */
  private static RequestHead forwarded(RequestHead head, Body body) {
    Fields received = head.fields();
    Fields.Builder fields = received.filtered(name -> !name.isHopByHop() && name != FieldName.HOST);
    // With a body it would not be clear where the new protocol begins: it may be ignored.
    String upgrade = body == Body.NONE ? HopByHop.upgrade(head) : null;
    if (upgrade != null) {
      fields.add(FieldName.CONNECTION, "Upgrade").add(FieldName.UPGRADE, upgrade);
    }
    if (received.hasToken(FieldName.TE, "trailers")) {
      fields.add(FieldName.TE, "trailers");
    }
    if (hopsLeft(head) > 0) {
      fields.set(FieldName.MAX_FORWARDS, Long.toString(hopsLeft(head) - 1));
    }
    Method method = head.method();
    Target target =
        head.target().form() == Target.Form.ABSOLUTE
            ? Target.origin(head.target().path())
            : head.target();
    return new RequestHead(
        Version.HTTP_1_1, method, target, head.authority(), fields.build(), head.protocol());
  }

  private static RequestHead forServer(RequestHead head, Server server) {
    String authority = head.authority().isEmpty() ? server.authority() : head.authority();
    Fields fields = head.fields().toBuilder().add(FieldName.HOST, authority).build();
    Target target =
        server.basePath().isEmpty() || head.target().form() != Target.Form.ORIGIN
            ? head.target()
            : Target.origin(server.basePath() + head.target().path());
    return new RequestHead(
        head.version(), head.method(), target, authority, fields, head.protocol());
  }

  /** Turns the origin's answer into a reply. */
  private record Relay(Exchange exchange, Promise<Reply> promise) implements Call.Listener {
    Relay(Exchange exchange) {
      this(exchange, exchange.loop().context().promise());
    }

    @Override
    public Duration patience(Duration usual) {
      return usual.plus(exchange.held());
    }

    @Override
    public void trying(Server server) {
      exchange.timeline().attempt(server.name());
    }

    @Override
    public void connected() {
      exchange.timeline().connected(exchange.loop().nanos());
    }

    @Override
    public void interim(ResponseHead head) {
      exchange.interim(new ResponseHead(head.status(), withoutLength(head)));
    }

    @Override
    public void response(ResponseHead head, Body body) {
      exchange.timeline().originAnswered(exchange.loop().nanos());
      promise.complete(new Reply.Message(head.status(), passedOn(head), body));
    }

    @Override
    public void tunnel(ResponseHead head, Duplex origin) {
      Fields.Builder fields = withoutLength(head).toBuilder();
      String upgrade = head.fields().get(FieldName.UPGRADE);
      if (upgrade != null) {
        fields.add(FieldName.CONNECTION, "Upgrade").add(FieldName.UPGRADE, upgrade);
      }
      promise.complete(new Reply.Tunnel(head.status(), fields.build(), origin));
    }

    @Override
    public void failed(Failure why) {
      promise.fail(why);
    }

    /** Neither has content, whatever it says (RFC 9110 §8.6). */
    private static Fields withoutLength(ResponseHead head) {
      return passedOn(head).filtered(name -> name != FieldName.CONTENT_LENGTH).build();
    }

    private static Fields passedOn(ResponseHead head) {
      return HopByHop.endToEnd(head.fields());
    }
  }
}
