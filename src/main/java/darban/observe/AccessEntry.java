package darban.observe;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a line of the access log tells of one request. Durations are in nanoseconds, -1 where a step
 * did not happen. Immutable.
 *
 * @param at when the exchange ended
 * @param target as sent, tokens of signed links in it too
 * @param code the status answered, 499 where the client left before
 * @param cache what the cache did in a word, or null where there is none
 * @param failure why it went wrong, or null
 * @param report what a player told of itself (CMCD), or null
 */
public record AccessEntry(
    Instant at,
    String listener,
    String protocol,
    String client,
    @Nullable String user,
    String method,
    String host,
    String target,
    int code,
    long bytesIn,
    long bytesOut,
    long totalNanos,
    long connectNanos,
    long firstByteNanos,
    String site,
    String service,
    String server,
    int attempts,
    @Nullable String cache,
    @Nullable String tls,
    @Nullable String referer,
    @Nullable String agent,
    @Nullable String trace,
    @Nullable String failure,
    @Nullable String report) {

  private static final PerSecond COMMON_TIME =
      new PerSecond(
          DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
                  .withZone(ZoneOffset.UTC)
              ::format);

  /** The line in {@code format}, with its line end. Nothing in it can start another line. */
  public String line(LogConfig.Format format) {
    return switch (format) {
      case JSON -> json();
      case COMMON -> common().append('\n').toString();
      case COMBINED ->
          common()
              .append(" \"")
              .append(quoted(referer))
              .append("\" \"")
              .append(quoted(agent))
              .append("\"\n")
              .toString();
      case SQUID -> squid();
    };
  }

  private String json() {
    JsonLine line = new JsonLine();
    line.time("ts", at);
    line.decimal("dur_ms", totalNanos);
    line.text("listener", listener);
    line.text("proto", protocol);
    line.text("client", client);
    line.text("user", user);
    line.text("method", method);
    line.text("host", host);
    line.text("path", target);
    line.number("status", code);
    line.number("bytes_in", bytesIn);
    line.number("bytes_out", bytesOut);
    line.decimal("connect_ms", connectNanos);
    line.decimal("ttfb_ms", firstByteNanos);
    line.text("site", site);
    line.text("service", service);
    line.text("upstream", server.isEmpty() ? null : server);
    if (attempts > 1) {
      line.number("attempts", attempts);
    }
    line.text("cache", cache);
    line.text("tls", tls);
    line.text("agent", agent);
    line.text("trace_id", trace);
    line.text("err", failure);
    line.text("cmcd", report);
    return line.end();
  }

  /** The format that came with NCSA httpd. */
  private StringBuilder common() {
    return new StringBuilder(160)
        .append(client)
        .append(" - ")
        .append(word(user))
        .append(" [")
        .append(COMMON_TIME.of(at))
        .append("] \"")
        .append(requestLine())
        .append("\" ")
        .append(code)
        .append(' ')
        .append(bytesOut == 0 ? "-" : Long.toString(bytesOut));
  }

  /** What was refused stands as it came. */
  private String requestLine() {
    return method.equals("-")
        ? quoted(target)
        : quoted(method) + ' ' + quoted(target) + ' ' + httpVersion();
  }

  private String httpVersion() {
    return switch (protocol) {
      case "h2" -> "HTTP/2.0";
      case "h3" -> "HTTP/3.0";
      default -> "HTTP/1.1";
    };
  }

  /** Squid's native format, so that its analysers work. */
  private String squid() {
    String url =
        method.equals("CONNECT")
            ? host
            : target.startsWith("/") ? "http://" + host + target : target;
    return String.format(
        Locale.ROOT,
        "%d.%03d %6d %s %s/%03d %d %s %s %s %s -%n",
        at.getEpochSecond(),
        at.getNano() / 1_000_000,
        Math.max(0, totalNanos / 1_000_000),
        client,
        verdict(),
        code,
        bytesOut,
        word(method),
        word(url),
        word(user),
        server.isEmpty() ? "HIER_NONE/-" : "HIER_DIRECT/" + quoted(server));
  }

  private String verdict() {
    if (method.equals("CONNECT")) {
      return code / 100 == 2 ? "TCP_TUNNEL" : "TCP_DENIED";
    }
    if (code == 403 || code == 407) {
      return "TCP_DENIED";
    }
    return switch (cache) {
      case "hit", "collapsed" -> code == 304 ? "TCP_IMS_HIT" : "TCP_HIT";
      case "stale" -> "TCP_STALE_HIT";
      case "revalidated" -> "TCP_REFRESH_UNMODIFIED";
      case null, default -> "TCP_MISS";
    };
  }

  /** As {@link #quoted}, without spaces, for formats whose fields end at one. */
  private static String word(@Nullable String text) {
    return quoted(text).replace(' ', '+');
  }

  /** Safe between quotes on one line: what could end either is written as an escape. */
  static String quoted(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return "-";
    }
    StringBuilder safe = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
      if (!plain && safe == null) {
        safe = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (safe != null) {
        if (plain) {
          safe.append(c);
        } else {
          safe.append(
              c > 0xff ? String.format("\\u%04x", (int) c) : String.format("\\x%02X", (int) c));
        }
      }
    }
    return safe == null ? text : safe.toString();
  }
}
