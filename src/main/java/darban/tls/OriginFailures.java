package darban.tls;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Retry;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in words that people read why a handshake with an origin failed. Pure, any thread. */
public final class OriginFailures {
  /** The JDK's {@code Received fatal alert: x_y} and BoringSSL's {@code TLSV1_ALERT_X_Y}. */
  private static final Pattern ALERT =
      Pattern.compile("Received fatal alert: (\\w+)|(?:SSLV3|TLSV1|TLSV13)_ALERT_(\\w+)");

  private OriginFailures() {}

  /**
   * The failure behind {@code thrown}, by which a handshake with an origin ended: {@link
   * Kind#TLS_CERTIFICATE}, {@link Kind#TLS_ERROR}, {@link Kind#CONNECTION_TIMEOUT} or {@link
   * Kind#CONNECTION_TERMINATED}. No byte of a request was processed, so it may be sent elsewhere.
   */
  public static Failure of(Throwable thrown) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      Optional<Failure> known = known(each, thrown);
      if (known.isPresent()) {
        return known.get();
      }
    }
    return failure(Kind.TLS_ERROR, "the TLS handshake with the origin failed", thrown, thrown);
  }

  private static Optional<Failure> known(Throwable each, Throwable thrown) {
    return switch (each) {
      case PeerRefused refused -> {
        String message = "the origin's certificate " + refused.reason().words();
        yield Optional.of(failure(Kind.TLS_CERTIFICATE, message, each, thrown));
      }
      case SslHandshakeTimeoutException late ->
          Optional.of(
              failure(Kind.CONNECTION_TIMEOUT, "the TLS handshake took too long", each, thrown));
      case NotSslRecordException plain ->
          Optional.of(failure(Kind.TLS_ERROR, "the origin does not speak TLS", each, thrown));
      case ClosedChannelException closed ->
          Optional.of(
              failure(
                  Kind.CONNECTION_TERMINATED,
                  "the origin closed the connection in the TLS handshake",
                  each,
                  thrown));
      default -> alert(each, thrown);
    };
  }

  private static Optional<Failure> alert(Throwable each, Throwable thrown) {
    Matcher matcher = ALERT.matcher(String.valueOf(each.getMessage()));
    if (!matcher.find()) {
      return Optional.empty();
    }
    String name = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    String words = name.toLowerCase(Locale.ROOT).replace('_', ' ');
    String message = "the origin refused the TLS handshake: " + words;
    return Optional.of(failure(Kind.TLS_ERROR, message, each, thrown));
  }

  private static Failure failure(Kind kind, String message, Throwable each, Throwable thrown) {
    return Failure.of(kind, message, thrown)
        .detailed(String.valueOf(each.getMessage()))
        .retry(Retry.ALWAYS);
  }
}
