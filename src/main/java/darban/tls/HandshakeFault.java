package darban.tls;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Why a handshake with a client failed; a word in logs and metric labels. */
public enum HandshakeFault {
  /** It did not end in time. */
  TIMEOUT,
  /** The client left in the middle. */
  CLOSED,
  /** The bytes were not TLS, plain HTTP for instance. */
  NOT_TLS,
  /** The client offered only versions that are too old. */
  PROTOCOL_VERSION,
  /** No suite or group in common. */
  NO_SHARED_CIPHER,
  /** No application protocol in common (RFC 7301 §3.2). */
  NO_SHARED_PROTOCOL,
  /** No certificate for the name that the client sent (RFC 6066 §3). */
  UNKNOWN_NAME,
  /** The client showed no certificate although it must. */
  CLIENT_CERTIFICATE_MISSING,
  /** The client's certificate is not trusted. */
  CLIENT_CERTIFICATE_REFUSED,
  /** The client sent an alert: it did not trust us, mostly. */
  ALERT,
  /** Anything else: a malformed or forged message, mostly. */
  OTHER;

  /** Words of BoringSSL and of the JDK, in lower case; the first match counts. */
  private static final List<Map.Entry<String, HandshakeFault>> WORDS =
      List.of(
          Map.entry("peer_did_not_return_a_certificate", CLIENT_CERTIFICATE_MISSING),
          Map.entry("empty client certificate chain", CLIENT_CERTIFICATE_MISSING),
          Map.entry("certificate_verify_failed", CLIENT_CERTIFICATE_REFUSED),
          Map.entry("no_application_protocol", NO_SHARED_PROTOCOL),
          Map.entry("fatal alert", ALERT),
          Map.entry("_alert_", ALERT),
          Map.entry("no cipher suites in common", NO_SHARED_CIPHER),
          Map.entry("no_shared_cipher", NO_SHARED_CIPHER),
          Map.entry("no_shared_group", NO_SHARED_CIPHER),
          Map.entry("no_common_signature_algorithms", NO_SHARED_CIPHER),
          Map.entry("inappropriate_fallback", PROTOCOL_VERSION),
          Map.entry("unsupported_protocol", PROTOCOL_VERSION),
          Map.entry("is not enabled or not supported", PROTOCOL_VERSION),
          Map.entry("not accepted by server preferences", PROTOCOL_VERSION),
          Map.entry("http_request", NOT_TLS),
          Map.entry("wrong_version_number", NOT_TLS),
          Map.entry("connection reset", CLOSED),
          Map.entry("broken pipe", CLOSED),
          Map.entry("closed", CLOSED));

  /** What {@code thrown}, by which a handshake ended, amounts to. */
  public static HandshakeFault of(Throwable thrown) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      HandshakeFault fault = byType(each);
      if (fault != OTHER) {
        return fault;
      }
    }
    return OTHER;
  }

  private static HandshakeFault byType(Throwable thrown) {
    return switch (thrown) {
      case HelloRefusal refusal -> refusal.fault();
      case SslHandshakeTimeoutException late -> TIMEOUT;
      case NotSslRecordException other -> NOT_TLS;
      case ClosedChannelException gone -> CLOSED;
      case TooLongFrameException huge -> OTHER;
      case CertificateException refused -> CLIENT_CERTIFICATE_REFUSED;
      default -> byWords(String.valueOf(thrown.getMessage()).toLowerCase(Locale.ROOT));
    };
  }

  private static HandshakeFault byWords(String message) {
    return WORDS.stream()
        .filter(entry -> message.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(OTHER);
  }
}
