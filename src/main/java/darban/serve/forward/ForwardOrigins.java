package darban.serve.forward;

import darban.base.Failure;
import darban.base.HostPort;
import darban.base.Kind;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Loop;
import darban.http.RequestHead;
import darban.observe.Meters;
import darban.origin.Connector;
import darban.origin.Group;
import darban.origin.Origins;
import darban.origin.Server;
import darban.resolve.Destination;
import darban.serve.ProxyPass;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The origins that clients of a forward proxy name: each gets its pool when it is first asked for;
 * those unused for longest are let go beyond a bound. Event loop; closed by its verticle.
 */
public final class ForwardOrigins implements AutoCloseable {
  private static final int MOST = 1_000;

  private final Loop loop;
  private final Function<Server, Group> groups;
  private final Function<Server, Connector> connectors;
  private final Meters.Upstream figures;
  private final Map<Server, Origins> known = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * No origins yet.
   *
   * @param groups what is granted to a server
   * @param connectors how it is connected to, guard included
   * @param figures where connections are counted
   */
  public ForwardOrigins(
      Loop loop,
      Function<Server, Group> groups,
      Function<Server, Connector> connectors,
      Meters.Upstream figures) {
    this.figures = figures;
    this.loop = loop;
    this.groups = groups;
    this.connectors = connectors;
  }

  /** The loop it lives on. */
  public Loop loop() {
    return loop;
  }

  /** Passes an absolute-form request on to the origin it names. */
  Future<Reply> fetch(Exchange exchange) {
    Server server = server(exchange.request());
    if (server == null) {
      return Future.failedFuture(Failure.of(Kind.BAD_REQUEST, "bad authority in the target"));
    }
    Origins origins = known.get(server);
    if (origins == null) {
      origins = new Origins(loop, groups.apply(server), connectors, figures);
      known.put(server, origins);
      forgetEldest();
    }
    return ProxyPass.pass(exchange, origins);
  }

  private void forgetEldest() {
    if (known.size() > MOST) {
      Origins eldest = known.remove(known.keySet().iterator().next());
      if (eldest != null) {
        eldest.retire();
      }
    }
  }

  private static @Nullable Server server(RequestHead head) {
    boolean secure = "https".equals(head.target().scheme());
    HostPort to = HostPort.parse(head.authority()).orElse(null);
    if (to == null || to.port() == 0) {
      return null;
    }
    int port = to.portOr(secure ? 443 : 80);
    return new Server(
        (secure ? "https://" : "http://") + to.withPort(port),
        secure ? Server.Protocol.HTTPS : Server.Protocol.HTTP,
        new Destination.Inet(to.host(), port),
        to.host(),
        to.toString(),
        "",
        1);
  }

  /** The group of one server that {@code server} makes up. */
  public static Group groupOf(Server server, Group model) {
    return new Group(
        "forward",
        List.of(server),
        model.connect(),
        model.response(),
        model.idle(),
        model.attempts(),
        model.connections(),
        model.limits());
  }

  /** Closes what is idle. */
  public void shed() {
    known.values().forEach(Origins::shed);
  }

  /** Keeps no connection any more than requests under way need. */
  public void retire() {
    known.values().forEach(Origins::retire);
  }

  @Override
  public void close() {
    known.values().forEach(Origins::close);
    known.clear();
  }
}
