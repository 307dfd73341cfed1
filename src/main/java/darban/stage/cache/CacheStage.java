package darban.stage.cache;

import darban.base.Cidr;
import darban.base.Failure;
import darban.base.Kind;
import darban.caching.CacheKey;
import darban.caching.CachePolicy;
import darban.caching.Overrides;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Peer;
import darban.exchange.Reply;
import darban.exchange.Stage;
import darban.http.FieldName;
import darban.http.Method;
import darban.http.RequestHead;
import darban.store.Key;
import darban.store.Selection;
import darban.store.Store;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** See the package. One per route and event loop. */
public final class CacheStage implements Stage {
  private static final Method PURGE = Method.of("PURGE");

  private final Store store;
  private final CachePolicy policy;
  private final List<Cidr> purgers;
  private final CacheConfig.Telling telling;
  private final @Nullable LiveEdge edge;
  private final Prefetch prefetch = new Prefetch(this::stored);

  /**
   * A cache in front of what follows.
   *
   * @param purgers who may send PURGE; for others it is a method like any other
   * @param telling what clients learn of it
   * @param edge knows of live streams; null where nothing is to be known
   */
  public CacheStage(
      Store store,
      CachePolicy policy,
      List<Cidr> purgers,
      CacheConfig.Telling telling,
      @Nullable LiveEdge edge) {
    this.edge = edge;
    this.store = store;
    this.policy = policy;
    this.purgers = List.copyOf(purgers);
    this.telling = telling;
  }

  @Override
  public Future<Reply> handle(Exchange exchange, Endpoint next) {
    if (edge != null && exchange.request().method() == Method.GET) {
      CacheKey key = key(exchange);
      edge.watched(exchange, key);
      if (edge.prefetches()) {
        prefetch.soon(exchange, next, edge.following(key, exchange));
      }
    }
    return stored(exchange, next);
  }

  private Future<Reply> stored(Exchange exchange, Endpoint next) {
    RequestHead request = exchange.request();
    Method method = request.method();
    if (method == Method.CONNECT || request.protocol() != null) {
      return next.serve(exchange);
    }
    String space = exchange.route().service();
    Key key = store.canonical(new Key(key(exchange), space));
    Endpoint origin =
        edge == null
            ? next
            : edge.watching(next, policy, key, targets -> prefetch.soon(exchange, next, targets));
    Context context = new Context(store, policy, space, origin, telling, edge);
    if (method.equals(PURGE) && mayPurge(exchange)) {
      return purge(exchange, key);
    }
    if (method.safe()) {
      exchange.request(Overrides.removed(request, policy.key()));
      return new Lookup(context, exchange, key).reply();
    }
    return new Lookup(context, exchange, key).unsafe();
  }

  /** The key, by what a trusted proxy says of the client's scheme, host and port. */
  private CacheKey key(Exchange exchange) {
    RequestHead request = exchange.request();
    Peer peer = exchange.peer();
    if (!peer.trusted()) {
      return CacheKey.of(request, peer.scheme(), policy.key());
    }
    String proto = said(request, FieldName.X_FORWARDED_PROTO, peer.scheme());
    boolean known = proto.equals("http") || proto.equals("https");
    CacheKey key = CacheKey.of(request, known ? proto : peer.scheme(), policy.key());
    key = known ? key : key.and(FieldName.X_FORWARDED_PROTO, proto);
    // The origin sees these beside the request's own and may go by either.
    String host = said(request, FieldName.X_FORWARDED_HOST, request.authority());
    key = host.equals(request.authority()) ? key : key.and(FieldName.X_FORWARDED_HOST, host);
    String usual = proto.equals("https") ? "443" : "80";
    String port = said(request, FieldName.X_FORWARDED_PORT, usual);
    return port.equals(usual) ? key : key.and(FieldName.X_FORWARDED_PORT, port);
  }

  private static String said(RequestHead request, FieldName name, String otherwise) {
    String value = request.fields().joined(name);
    return value == null ? otherwise : value;
  }

  private boolean mayPurge(Exchange exchange) {
    return exchange.peer().remote() instanceof InetSocketAddress client
        && purgers.stream().anyMatch(block -> block.contains(client.getAddress()));
  }

  private Future<Reply> purge(Exchange exchange, Key key) {
    exchange.takeBody().discard(Failure.of(Kind.CLIENT_GONE, "body not wanted"));
    return store
        .purge(new Selection.Url(key.cache().uri()), false)
        .map(count ->
            Reply.text(200, "text/plain; charset=utf-8", "purged " + key.cache().uri() + "\n"));
  }
}
