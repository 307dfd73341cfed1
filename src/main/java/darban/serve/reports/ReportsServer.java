package darban.serve.reports;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Gathering;
import darban.http.Fields;
import darban.http.Method;
import darban.media.report.Cmcd;
import darban.serve.Cors;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Takes reports, a line each. Stateless, any event loop. */
final class ReportsServer implements Endpoint {
  private static final String METHODS = "POST, OPTIONS";
  private static final int LARGEST = 64 << 10;
  private static final int MOST = 100;

  @Override
  public Future<Reply> serve(Exchange exchange) {
    Cors.open(exchange);
    Method method = exchange.request().method();
    if (method == Method.OPTIONS) {
      return Future.succeededFuture(Cors.preflight(METHODS));
    }
    if (method != Method.POST) {
      return Future.succeededFuture(Cors.notAllowed(METHODS));
    }
    return Gathering.of(exchange.loop(), exchange.takeBody(), LARGEST)
        .recover(why -> Future.failedFuture(tooLarge(Failure.from(why))))
        .map(bytes -> {
          List<Cmcd> reports = reports(new String(bytes, StandardCharsets.UTF_8));
          if (reports.isEmpty()) {
            throw Failure.of(Kind.BAD_REQUEST, "there is no report in it");
          }
          exchange.reports(reports);
          return Reply.empty(204, Fields.NONE);
        });
  }

  private static Failure tooLarge(Failure why) {
    return why.kind() == Kind.RESPONSE_MALFORMED
        ? Failure.of(Kind.CONTENT_TOO_LARGE, "reports of more than " + LARGEST + " bytes")
        : why;
  }

  private static List<Cmcd> reports(String text) {
    return text.lines()
        .map(line -> Cmcd.of(line.strip()))
        .filter(report -> !report.isEmpty())
        .limit(MOST)
        .toList();
  }
}
