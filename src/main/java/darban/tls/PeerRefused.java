package darban.tls;

import java.security.cert.CertificateException;

/** An origin's certificate that is not accepted, and why. Immutable. */
final class PeerRefused extends CertificateException {
  private static final long serialVersionUID = 1;

  /** Why; with the words that a client may read. */
  enum Reason {
    EXPIRED("has expired"),
    NOT_YET_VALID("is not valid yet"),
    SELF_SIGNED("is self-signed"),
    UNKNOWN_ISSUER("is from an unknown issuer"),
    REVOKED("is revoked"),
    WEAK("uses an algorithm that is not accepted"),
    NAME_MISMATCH("is for another name"),
    NOT_TRUSTED("is not trusted");

    private final String words;

    Reason(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private final Reason reason;

  PeerRefused(Reason reason, String detail) {
    super("the certificate " + reason.words() + ": " + detail);
    this.reason = reason;
  }

  PeerRefused(Reason reason, String detail, Throwable cause) {
    super("the certificate " + reason.words() + ": " + detail, cause);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
