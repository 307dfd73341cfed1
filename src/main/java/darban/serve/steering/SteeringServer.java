package darban.serve.steering;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import darban.http.Method;
import darban.http.RequestHead;
import darban.media.report.Cmcd;
import darban.media.report.CmcdKey;
import darban.serve.Cors;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Answers with a steering manifest. Stateless, any event loop. */
final class SteeringServer implements Endpoint {
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final SteeringConfig config;

  SteeringServer(SteeringConfig config) {
    this.config = config;
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    Cors.open(exchange);
    Method method = exchange.request().method();
    if (method == Method.OPTIONS) {
      return Future.succeededFuture(Cors.preflight(METHODS));
    }
    if (method != Method.GET && method != Method.HEAD) {
      return Future.succeededFuture(Cors.notAllowed(METHODS));
    }
    String json = manifest(player(exchange));
    Reply.Message reply = Reply.text(200, "application/json", json);
    return Future.succeededFuture(
        reply.withFields(
            reply.fields().toBuilder().add(FieldName.CACHE_CONTROL, "no-store").build()));
  }

  /** What is the same whenever one player asks, and differs between many of them. */
  private static int player(Exchange exchange) {
    RequestHead head = exchange.request();
    String query = head.target().query();
    Optional<String> session =
        query == null ? Optional.empty() : Cmcd.ofQuery(query).text(CmcdKey.SESSION_ID);
    return session
        .or(() -> Cmcd.ofFields(head.fields()).text(CmcdKey.SESSION_ID))
        .orElseGet(() -> exchange.clientAddress() + ' ' + head.fields().get(FieldName.USER_AGENT))
        .hashCode();
  }

  /** Both HLS and DASH read it; a player asks again where it has asked now. */
  private String manifest(int player) {
    String priority =
        order(player).stream().map(each -> '"' + each + '"').collect(Collectors.joining(","));
    return "{\"VERSION\":1,\"TTL\":"
        + Math.max(1, config.ttl().toSeconds())
        + ",\"PATHWAY-PRIORITY\":["
        + priority
        + "]}\n";
  }

  /** All pathways: by chance of their shares the first, then the larger shares first. */
  List<String> order(int player) {
    Map<String, Integer> shares = config.pathways();
    long sum = shares.values().stream().mapToLong(Integer::longValue).sum();
    // Spread well, although addresses of neighbours differ by little.
    long mixed = player * 0x9E3779B97F4A7C15L;
    long lot = Math.floorMod(mixed ^ (mixed >>> 32), sum);
    String first = shares.keySet().iterator().next();
    for (Map.Entry<String, Integer> each : shares.entrySet()) {
      first = each.getKey();
      lot -= each.getValue();
      if (lot < 0) {
        break;
      }
    }
    List<String> order = new ArrayList<>(shares.keySet());
    order.sort(Comparator.comparingInt(name -> -shares.getOrDefault(name, 0)));
    order.remove(first);
    order.addFirst(first);
    return order;
  }
}
