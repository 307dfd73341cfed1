package darban.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A certificate that the other side showed and that was verified. Immutable, any thread; decoded
 * when asked.
 *
 * @param certificate the other side's own, without its issuers
 */
public record PeerCertificate(X509Certificate certificate) {

  /** The subject's distinguished name, as RFC 2253 writes it. */
  public String subject() {
    return certificate.getSubjectX500Principal().getName();
  }

  /** Its alternative names, {@code DNS:a.example} or {@code email:a@a.example} for instance. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> entries = certificate.getSubjectAlternativeNames();
      for (List<?> entry : entries == null ? List.<List<?>>of() : entries) {
        if (entry.get(1) instanceof String name) {
          names.add(prefix((Integer) entry.get(0)) + name);
        }
      }
    } catch (CertificateParsingException unreadable) {
      return List.of(); // a name that cannot be read is no name
    }
    return names;
  }

  /** The types of RFC 5280 §4.2.1.6 that have a written form. */
  private static String prefix(int type) {
    return switch (type) {
      case 1 -> "email:";
      case 2 -> "DNS:";
      case 4 -> "dirName:";
      case 6 -> "URI:";
      case 7 -> "IP:";
      default -> "other:";
    };
  }

  /** Its SHA-256, 64 lower-case hexadecimal digits. */
  public String fingerprint() {
    return Identity.fingerprint(certificate);
  }

  /** Its serial number, in lower-case hexadecimal digits. */
  public String serial() {
    return certificate.getSerialNumber().toString(16);
  }

  /** When its time is over. */
  public Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }
}
