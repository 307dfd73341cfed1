package darban.exchange;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.http.FieldName;
import darban.http.Method;
import darban.http.RequestHead;
import darban.media.report.Cmcd;
import darban.observe.AccessEntry;
import darban.observe.AccessLog;
import darban.observe.Meters;
import darban.observe.Timeline;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a log line and numbers of every exchange. Any event loop. */
public final class Recorder implements Observer {
  private static final int GONE = 499;
  private static final FieldName CMCD_SESSION = FieldName.of("CMCD-Session");
  private static final FieldName CMCD_REQUEST = FieldName.of("CMCD-Request");

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
    meters.tunnelOpened(String.valueOf(exchange.tunnel()));
  }

  @Override
  public void ended(Exchange exchange, @Nullable Failure why) {
    Meters.Outcome outcome = outcome(exchange);
    meters.ended(labels(exchange), outcome);
    String tunnel = exchange.tunnel();
    if (tunnel != null) {
      meters.tunnelled(tunnel, outcome.received(), outcome.sent());
    }
    String rule = exchange.route().isForward() ? rule(code(exchange), why) : null;
    if (rule != null) {
      meters.denied(rule);
    }
    List<Cmcd> reports = reports(exchange);
    reports.forEach(each -> meters.players().report(exchange.route().service(), each));
    if (log != null) {
      log.log(entry(exchange, why, reports));
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

  private static int code(Exchange exchange) {
    int status = exchange.status();
    return status == 0 ? GONE : status;
  }

  private static Meters.RequestLabels labels(Exchange exchange) {
    RequestHead head = exchange.received();
    Method method = head.method();
    boolean usual = method.safe() || method.idempotent() || method == Method.POST;
    return new Meters.RequestLabels(
        exchange.peer().listener(),
        exchange.route().site(),
        exchange.route().service(),
        usual || method == Method.PATCH || method == Method.CONNECT ? method.name() : "OTHER",
        code(exchange),
        head.version().label());
  }

  private static Meters.Outcome outcome(Exchange exchange) {
    Timeline timeline = exchange.timeline();
    return new Meters.Outcome(
        timeline.totalNanos(),
        timeline.firstByteNanos(),
        exchange.bytesReceived(),
        exchange.bytesSent(),
        exchange.cached(),
        timeline.attempts());
  }

  private AccessEntry entry(Exchange exchange, @Nullable Failure why, List<Cmcd> reports) {
    RequestHead head = exchange.received();
    Timeline timeline = exchange.timeline();
    Peer peer = exchange.peer();
    Route route = exchange.route();
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
        code(exchange),
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
        why == null ? null : word(why),
        reports.isEmpty()
            ? null
            : reports.stream().map(Cmcd::toString).collect(Collectors.joining("\n")));
  }

  /** What the player that asked tells of itself: in a body, in the query or in fields. */
  private static List<Cmcd> reports(Exchange exchange) {
    if (!exchange.reports().isEmpty()) {
      return exchange.reports();
    }
    Cmcd report = report(exchange.received());
    return report.isEmpty() ? List.of() : List.of(report);
  }

  private static Cmcd report(RequestHead head) {
    String query = head.target().query();
    if (query != null && query.contains("CMCD=")) {
      return Cmcd.ofQuery(query);
    }
    return head.fields().has(CMCD_SESSION) || head.fields().has(CMCD_REQUEST)
        ? Cmcd.ofFields(head.fields())
        : Cmcd.NONE;
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
              word(why),
              null));
    }
  }
}
