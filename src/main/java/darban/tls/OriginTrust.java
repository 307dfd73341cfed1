package darban.tls;

import darban.tls.PeerRefused.Reason;
import java.net.Socket;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Judges the certificate of an origin: its chain by the JDK (RFC 5280 §6), its names here, because
 * a common name must not count (RFC 9110 §4.3.4) and the JDK lets it. What it refuses it refuses
 * with a {@link PeerRefused.Reason}. Immutable, any thread.
 */
final class OriginTrust extends X509ExtendedTrustManager {
  private final @Nullable X509ExtendedTrustManager issuers;

  /** With null, everything is accepted. */
  OriginTrust(@Nullable X509ExtendedTrustManager issuers) {
    this.issuers = issuers;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    if (issuers != null) {
      checkChain(issuers, chain, type);
      checkName(chain[0], engine.getPeerHost());
    }
  }

  private static void checkChain(
      X509ExtendedTrustManager issuers, X509Certificate[] chain, String type)
      throws CertificateException {
    try {
      issuers.checkServerTrusted(chain, type);
    } catch (CertificateException refused) {
      throw new PeerRefused(reason(refused, chain), description(chain[0]), refused);
    }
  }

  private static void checkName(X509Certificate certificate, @Nullable String host)
      throws CertificateException {
    Set<String> names = Identity.alternativeNames(certificate);
    Optional<String> name = Optional.ofNullable(host).flatMap(HostNames::normal);
    boolean named =
        name.isPresent()
            && names.stream().anyMatch(pattern -> HostNames.matches(pattern, name.get()));
    if (!named) {
      throw new PeerRefused(Reason.NAME_MISMATCH, "it is for " + names + ", not for " + host);
    }
  }

  private static String description(X509Certificate certificate) {
    return "subject "
        + certificate.getSubjectX500Principal()
        + ", issuer "
        + certificate.getIssuerX500Principal()
        + ", valid from "
        + certificate.getNotBefore().toInstant()
        + " to "
        + certificate.getNotAfter().toInstant();
  }

  private static Reason reason(Throwable refused, X509Certificate[] chain) {
    for (Throwable each = refused; each != null; each = each.getCause()) {
      if (each instanceof CertPathValidatorException invalid
          && invalid.getReason() instanceof BasicReason basic) {
        Optional<Reason> reason = reason(basic);
        if (reason.isPresent()) {
          return reason.get();
        }
      }
    }
    if (!String.valueOf(refused.getMessage()).contains("unable to find valid certification path")) {
      return Reason.NOT_TRUSTED;
    }
    boolean selfSigned =
        chain.length == 1
            && chain[0].getSubjectX500Principal().equals(chain[0].getIssuerX500Principal());
    return selfSigned ? Reason.SELF_SIGNED : Reason.UNKNOWN_ISSUER;
  }

  private static Optional<Reason> reason(BasicReason basic) {
    return switch (basic) {
      case EXPIRED -> Optional.of(Reason.EXPIRED);
      case NOT_YET_VALID -> Optional.of(Reason.NOT_YET_VALID);
      case REVOKED -> Optional.of(Reason.REVOKED);
      case ALGORITHM_CONSTRAINED -> Optional.of(Reason.WEAK);
      default -> Optional.empty();
    };
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("an origin's name must be known to verify it");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("this side has no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
