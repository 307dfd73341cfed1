package darban.stage.forwarded;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Peer;
import darban.exchange.Reply;
import darban.exchange.Stage;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import io.vertx.core.Future;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** See the package. Stateless, any thread. */
public final class ForwardedStage implements Stage {
  private static final Set<FieldName> CLAIMS =
      Stream.of(
              "Forwarded",
              "X-Real-IP",
              "X-Client-IP",
              "X-Cluster-Client-IP",
              "True-Client-IP",
              "X-Original-URL",
              "X-Original-Host",
              "X-Rewrite-URL",
              "Front-End-Https")
          .map(FieldName::of)
          .collect(Collectors.toUnmodifiableSet());

  private final String pseudonym;
  private final boolean tellOrigin;

  /**
   * The stage.
   *
   * @param pseudonym our name in Via, unique to this process so that loops are seen
   * @param tellOrigin whether the origin learns who the client is: a reverse proxy tells, a forward
   *     proxy does not
   */
  public ForwardedStage(String pseudonym, boolean tellOrigin) {
    this.pseudonym = pseudonym;
    this.tellOrigin = tellOrigin;
  }

  @Override
  public Future<Reply> handle(Exchange exchange, Endpoint next) {
    RequestHead head = exchange.request();
    String via = head.fields().joined(FieldName.VIA);
    if (via != null && via.contains(pseudonym)) {
      return Future.failedFuture(Failure.of(Kind.LOOP, "the request has passed here before"));
    }
    Fields.Builder fields =
        exchange.peer().trusted()
            ? head.fields().toBuilder()
            : head.fields().filtered(ForwardedStage::isHonest);
    append(fields, FieldName.VIA, via, head.version().number() + " " + pseudonym);
    if (tellOrigin) {
      tell(exchange, head, fields);
    }
    exchange.request(head.withFields(fields.build()));
    return next.serve(exchange).map(reply -> withVia(reply));
  }

  /** Not what only a trusted proxy may say: who the client is, and what it really asked for. */
  private static boolean isHonest(FieldName name) {
    return !name.lower().startsWith("x-forwarded-") && !CLAIMS.contains(name);
  }

  private static void tell(Exchange exchange, RequestHead head, Fields.Builder fields) {
    Peer peer = exchange.peer();
    boolean trusted = peer.trusted();
    Fields before = trusted ? head.fields() : Fields.NONE;
    String address = peer.address();
    String node = address.indexOf(':') >= 0 ? "\"[" + address + "]\"" : address;
    String host = head.authority();
    StringBuilder element = new StringBuilder("for=").append(node).append(";proto=");
    element.append(peer.scheme());
    if (!host.isEmpty()) {
      boolean token = host.indexOf(':') < 0;
      element.append(";host=").append(token ? host : "\"" + host + "\"");
    }
    append(fields, FieldName.FORWARDED, before.joined(FieldName.FORWARDED), element.toString());
    append(fields, FieldName.X_FORWARDED_FOR, before.joined(FieldName.X_FORWARDED_FOR), address);
    fields.setIfAbsent(FieldName.X_FORWARDED_PROTO, peer.scheme());
    if (!host.isEmpty()) {
      fields.setIfAbsent(FieldName.X_FORWARDED_HOST, host);
    }
    fields.setIfAbsent(FieldName.X_FORWARDED_PORT, Integer.toString(peer.localPort()));
  }

  private static void append(
      Fields.Builder fields,
      FieldName name,
      @org.jspecify.annotations.Nullable String before,
      String element) {
    fields.set(name, before == null ? element : before + ", " + element);
  }

  private Reply withVia(Reply reply) {
    Fields fields = reply.fields();
    Fields.Builder changed = fields.toBuilder();
    append(changed, FieldName.VIA, fields.joined(FieldName.VIA), "1.1 " + pseudonym);
    return reply.withFields(changed.build());
  }
}
