package darban.serve;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import org.jspecify.annotations.Nullable;

/** Lets pages of any site read what players get (Fetch §3.3). Pure. */
public final class Cors {
  private static final Fields OPEN =
      Fields.of(
          "Access-Control-Allow-Origin", "*",
          "Access-Control-Expose-Headers", "Content-Length, Content-Range, Date, ETag",
          "Timing-Allow-Origin", "*",
          "Cache-Control", "no-cache");

  private static final String READING = "GET, HEAD, OPTIONS";

  private Cors() {}

  /**
   * Every answer of the exchange may be read, refusals too; no cache keeps it unless it says so.
   */
  public static void open(Exchange exchange) {
    exchange.along(OPEN);
  }

  /**
   * Opens an exchange by which clients may read only; the answer to what is no reading, else null.
   */
  public static @Nullable Reply unlessReading(Exchange exchange) {
    open(exchange);
    Method method = exchange.request().method();
    if (method == Method.GET || method == Method.HEAD) {
      return null;
    }
    return method == Method.OPTIONS ? preflight(READING) : notAllowed(READING);
  }

  /** What a browser asks beforehand: requests with those methods may come. */
  public static Reply preflight(String methods) {
    return Reply.empty(
        204,
        Fields.of(
            "Access-Control-Allow-Methods",
            methods,
            "Access-Control-Allow-Headers",
            "Authorization, Content-Type, Range, If-None-Match, CMCD-Object, CMCD-Request,"
                + " CMCD-Session, CMCD-Status",
            "Access-Control-Max-Age",
            "86400",
            "Allow",
            methods));
  }

  /** Another method than those. */
  public static Reply notAllowed(String methods) {
    Reply.Message text = Reply.text(405, "text/plain; charset=utf-8", "405 Method Not Allowed\n");
    return text.withFields(text.fields().toBuilder().add(FieldName.ALLOW, methods).build());
  }
}
