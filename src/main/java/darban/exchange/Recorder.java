package darban.exchange;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.http.FieldName;
import darban.http.Method;
import darban.http.RequestHead;
import darban.observe.AccessEntry;
import darban.observe.AccessLog;
import darban.observe.Meters;
import darban.observe.Timeline;
import org.jspecify.annotations.Nullable;

/** Makes a log line and numbers of every exchange. Any event loop. */
public final class Recorder implements Observer {
  private static final int GONE = 499;

  private final Ticker ticker;
  private final Meters meters;
  private final @Nullable AccessLog log;

  /** Records into {@code meters} and, unless null, {@code log}. */
  public Recorder(Ticker ticker, Meters meters, @Nullable AccessLog log) {
    this.ticker = ticker;
    this.meters = meters;
    this.log = log;
  }

  @Override
  public void began(Exchange exchange) {
    meters.began();
  }

  @Override
  public void tunnels(Exchange exchange) {
    meters.tunnels(String.valueOf(exchange.tunnel())).increment();
  }

  @Override
  public void ended(Exchange exchange, @Nullable Failure why) {
    AccessEntry entry = entry(exchange, why);
    meters.ended(labels(entry), entry);
    String tunnel = exchange.tunnel();
    if (tunnel != null) {
      meters.tunnelled(tunnel, entry.bytesIn(), entry.bytesOut());
    }
    String rule = exchange.route().isForward() ? rule(entry.code(), why) : null;
    if (rule != null) {
      meters.denied(rule);
    }
    if (log != null) {
      log.log(entry);
    }
  }

  /** The rule by which the forward proxy refused a request; null where it did not. */
  private static @Nullable String rule(int code, @Nullable Failure why) {
    if (code == Kind.PROXY_AUTHENTICATION.status()) {
      return "auth";
    }
    return switch (why == null ? null : why.kind()) {
      case ADDRESS_PROHIBITED -> "private-addresses";
      case FORBIDDEN -> "connect-ports";
      case null, default -> null;
    };
  }

  private static Meters.RequestLabels labels(AccessEntry entry) {
    String method = entry.method();
    Method known = Method.of(method);
    boolean usual = known.safe() || known.idempotent() || known == Method.POST;
    return new Meters.RequestLabels(
        entry.listener(),
        entry.site(),
        entry.service(),
        usual || known == Method.PATCH || known == Method.CONNECT ? method : "OTHER",
        Integer.toString(entry.code()),
        entry.protocol());
  }

  private AccessEntry entry(Exchange exchange, @Nullable Failure why) {
    RequestHead head = exchange.received();
    Timeline timeline = exchange.timeline();
    Peer peer = exchange.peer();
    Route route = exchange.route();
    int status = exchange.status();
    String trace = head.fields().get(FieldName.TRACEPARENT);
    return new AccessEntry(
        ticker.now(),
        peer.listener(),
        head.version().label(),
        exchange.clientAddress(),
        exchange.user(),
        head.method().name(),
        head.authority(),
        shownTarget(head),
        status == 0 ? GONE : status,
        exchange.bytesReceived(),
        exchange.bytesSent(),
        timeline.totalNanos(),
        timeline.connectNanos(),
        timeline.firstByteNanos(),
        route.site(),
        route.service(),
        timeline.server(),
        timeline.attempts(),
        exchange.cached(),
        peer.tls() == null ? null : peer.tls().protocol(),
        head.fields().get(FieldName.REFERER),
        head.fields().get(FieldName.USER_AGENT),
        trace != null && trace.length() >= 35 ? trace.substring(3, 35) : null,
        why == null ? null : word(why));
  }

  private static String shownTarget(RequestHead head) {
    if (head.method() == Method.CONNECT && head.protocol() == null) {
      return head.authority();
    }
    return head.version().multiplexed() ? head.target().path() : head.target().toString();
  }

  private static String word(Failure why) {
    String detail = why.detail().isEmpty() ? why.message() : why.message() + ": " + why.detail();
    return why.kind() + " " + detail;
  }

  @Override
  public void refused(Peer peer, Failure why, String start) {
    meters.refused(peer.listener(), why.kind().name());
    if (log != null) {
      log.log(
          new AccessEntry(
              ticker.now(),
              peer.listener(),
              "-",
              peer.address(),
              null,
              "-",
              "",
              start,
              why.kind().status(),
              0,
              0,
              0,
              -1,
              -1,
              "-",
              "-",
              "",
              0,
              null,
              peer.tls() == null ? null : peer.tls().protocol(),
              null,
              null,
              null,
              word(why)));
    }
  }
}
