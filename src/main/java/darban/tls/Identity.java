package darban.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * A private key, the certificate chain that vouches for it, and the names it is good for.
 *
 * <p>Two identities are equal only when they are the same object: a certificate that was loaded
 * again is a new identity, for it gets new contexts and new session ticket keys. Immutable, any
 * thread; holds no native memory.
 */
public final class Identity {
  private static final int SAN_DNS = 2;
  private static final int SAN_IP = 7;

  private final PrivateKey key;
  private final List<X509Certificate> chain;
  private final String source;
  private final Set<String> names;

  /**
   * @param chain the certificate of {@code key} first, then its issuers; not empty
   * @param source where it came from, for the log: a file's name or the development CA's
   */
  public Identity(PrivateKey key, List<X509Certificate> chain, String source) {
    this.key = key;
    this.chain = List.copyOf(chain);
    this.source = source;
    this.names = namesOf(this.chain.getFirst());
  }

  PrivateKey key() {
    return key;
  }

  /** The key's own certificate first, then its issuers. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** The key's own certificate. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** Where it came from, for the operator. */
  public String source() {
    return source;
  }

  /**
   * The DNS names (lower case, {@code *.example} too) and addresses of the certificate's
   * subjectAltName; its common name only where it has none (RFC 9525 §2).
   */
  public Set<String> names() {
    return names;
  }

  /** When the certificate's time begins. */
  public Instant notBefore() {
    return certificate().getNotBefore().toInstant();
  }

  /** When the certificate's time is over. */
  public Instant notAfter() {
    return certificate().getNotAfter().toInstant();
  }

  @Override
  public String toString() {
    return names + " from " + source;
  }

  /** The names of a certificate, in their one form and the certificate's order. */
  static Set<String> namesOf(X509Certificate certificate) {
    Set<String> names = alternativeNames(certificate);
    if (names.isEmpty()) {
      HostNames.pattern(commonName(certificate)).ifPresent(names::add);
    }
    return java.util.Collections.unmodifiableSet(names);
  }

  /** The names of subjectAltName alone: all that a client may go by (RFC 9110 §4.3.4). */
  static Set<String> alternativeNames(X509Certificate certificate) {
    Set<String> names = new LinkedHashSet<>();
    for (List<?> entry : entries(certificate)) {
      int type = (Integer) entry.get(0);
      if ((type == SAN_DNS || type == SAN_IP) && entry.get(1) instanceof String name) {
        (type == SAN_IP ? HostNames.address(name) : HostNames.pattern(name)).ifPresent(names::add);
      }
    }
    return names;
  }

  private static Collection<List<?>> entries(X509Certificate certificate) {
    try {
      Collection<List<?>> entries = certificate.getSubjectAlternativeNames();
      return entries == null ? List.of() : entries;
    } catch (CertificateParsingException unreadable) {
      return List.of(); // Names that cannot be read are names that nobody can match.
    }
  }

  private static String commonName(X509Certificate certificate) {
    try {
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return part.getValue().toString();
        }
      }
    } catch (InvalidNameException notReadable) {
      return "";
    }
    return "";
  }

  /** The SHA-256 of a certificate, as lower-case hexadecimal digits. */
  static String fingerprint(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException | CertificateEncodingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
