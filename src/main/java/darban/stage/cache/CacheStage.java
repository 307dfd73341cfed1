package darban.stage.cache;

import darban.base.Cidr;
import darban.base.Failure;
import darban.base.Kind;
import darban.caching.CacheKey;
import darban.caching.CachePolicy;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Stage;
import darban.http.FieldName;
import darban.http.Method;
import darban.http.RequestHead;
import darban.store.Key;
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
  private final @Nullable FieldName verdictField;

  /**
   * A cache in front of what follows.
   *
   * @param purgers who may send PURGE; for others it is a method like any other
   * @param verdictField tells clients in one word what the cache did; null for none
   */
  public CacheStage(
      Store store, CachePolicy policy, List<Cidr> purgers, @Nullable FieldName verdictField) {
    this.store = store;
    this.policy = policy;
    this.purgers = List.copyOf(purgers);
    this.verdictField = verdictField;
  }

  @Override
  public Future<Reply> handle(Exchange exchange, Endpoint next) {
    RequestHead request = exchange.request();
    Method method = request.method();
    if (method == Method.CONNECT || request.protocol() != null) {
      return next.serve(exchange);
    }
    String space = exchange.route().service();
    Context context = new Context(store, policy, space, next, verdictField);
    CacheKey plain = CacheKey.of(request, exchange.peer().scheme(), policy.key());
    Key key = store.canonical(new Key(plain, space));
    if (method == Method.GET || method == Method.HEAD) {
      return new Lookup(context, exchange, key).reply();
    }
    if (method.equals(PURGE) && mayPurge(exchange)) {
      return purge(exchange, key);
    }
    return method.safe()
        ? new Lookup(context, exchange, key).reply()
        : new Lookup(context, exchange, key).unsafe();
  }

  private boolean mayPurge(Exchange exchange) {
    return exchange.peer().remote() instanceof InetSocketAddress client
        && purgers.stream().anyMatch(block -> block.contains(client.getAddress()));
  }

  private Future<Reply> purge(Exchange exchange, Key key) {
    exchange.takeBody().discard(Failure.of(Kind.CLIENT_GONE, "body not wanted"));
    return store
        .purge(new Store.Selection.Url(key.cache().uri()), false)
        .map(count ->
            Reply.text(200, "text/plain; charset=utf-8", "purged " + key.cache().uri() + "\n"));
  }
}
