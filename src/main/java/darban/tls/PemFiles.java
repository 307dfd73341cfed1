package darban.tls;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.X509TrustedCertificateBlock;
import org.jspecify.annotations.Nullable;

/**
 * Reads certificates and keys from PEM files (RFC 7468) and PKCS#12 files (RFC 7292).
 *
 * <p>What it hands out are plain keys and certificates of the JDK's own providers. Every {@link
 * Failure} says which file, what is wrong and how to mend it, in {@link Failure#detail()}. Blocks
 * on files: not for an event loop. Holds nothing open.
 */
public final class PemFiles {
  private static final int MAX_FILE = 1 << 20;
  private static final int DER_SEQUENCE = 0x30;

  private PemFiles() {}

  /** The identity of {@code files}: its key belongs to its first certificate. */
  public static Identity identity(KeyFiles files) throws Failure {
    byte[] content = read(files.certificate());
    if (content.length > 0 && content[0] == DER_SEQUENCE) {
      return pkcs12(files, content);
    }
    List<X509Certificate> certificates = certificates(files.certificate(), content);
    Path keyFile = files.keyFile();
    byte[] keyContent = files.key().isPresent() ? read(keyFile) : content;
    PrivateKeys.Found key =
        PrivateKeys.read(keyFile, text(keyContent), files.password().map(Secret::reveal));
    return new Identity(key.key(), chain(key, certificates, files), files.certificate().toString());
  }

  /** The certificates of a PEM file in the file's order; at least one. */
  public static List<X509Certificate> certificates(Path file) throws Failure {
    return certificates(file, read(file));
  }

  private static List<X509Certificate> certificates(Path file, byte[] content) throws Failure {
    List<X509Certificate> certificates = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(text(content)))) {
      for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
        X509CertificateHolder holder = certificate(item);
        if (holder != null) {
          certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
        }
      }
    } catch (IOException | CertificateException | RuntimeException broken) {
      throw unusable(file, "a certificate in it cannot be read", "export it again as PEM", broken);
    }
    if (certificates.isEmpty()) {
      String mend = "it must hold -----BEGIN CERTIFICATE----- blocks";
      throw unusable(file, "there is no certificate in it", mend, null);
    }
    return certificates;
  }

  private static @Nullable X509CertificateHolder certificate(Object item) {
    return switch (item) {
      case X509CertificateHolder holder -> holder;
      case X509TrustedCertificateBlock trusted -> trusted.getCertificateHolder();
      default -> null;
    };
  }

  private static Identity pkcs12(KeyFiles files, byte[] content) throws Failure {
    Path file = files.certificate();
    char[] password = files.password().map(Secret::reveal).orElse("").toCharArray();
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content), password);
      for (String alias : Collections.list(store.aliases())) {
        if (store.getKey(alias, password) instanceof PrivateKey key) {
          List<X509Certificate> all = x509(store.getCertificateChain(alias));
          PrivateKeys.check(file, key);
          PrivateKeys.Found found = new PrivateKeys.Found(key, null);
          return new Identity(key, chain(found, all, files), file.toString());
        }
      }
    } catch (IOException | GeneralSecurityException broken) {
      String mend = "check the password, and that the file is PKCS#12 or PEM";
      throw unusable(file, "it cannot be opened as PKCS#12", mend, broken);
    }
    throw unusable(file, "there is no private key in it", "export it with its key", null);
  }

  private static List<X509Certificate> x509(Certificate @Nullable [] chain) {
    return chain == null
        ? List.of()
        : Arrays.stream(chain).map(X509Certificate.class::cast).toList();
  }

  /** The certificate of {@code key} first, then its issuers as far as they were given. */
  private static List<X509Certificate> chain(
      PrivateKeys.Found key, List<X509Certificate> certificates, KeyFiles files) throws Failure {
    X509Certificate leaf =
        certificates.stream()
            .filter(each -> key.belongsTo(each.getPublicKey()))
            .findFirst()
            .orElseThrow(() -> mismatch(files));
    List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
    Optional<X509Certificate> next = issuer(leaf, certificates, chain);
    while (next.isPresent()) {
      chain.add(next.get());
      next = issuer(next.get(), certificates, chain);
    }
    return chain;
  }

  private static Optional<X509Certificate> issuer(
      X509Certificate of, List<X509Certificate> among, List<X509Certificate> taken) {
    X500Principal name = of.getIssuerX500Principal();
    byte[] encoded = name.getEncoded();
    return among.stream()
        .filter(each -> !taken.contains(each))
        // Nearly always the very bytes: to compare names as texts takes tables of all of Unicode.
        .filter(each ->
            Arrays.equals(each.getSubjectX500Principal().getEncoded(), encoded)
                || each.getSubjectX500Principal().equals(name))
        .findFirst();
  }

  private static Failure mismatch(KeyFiles files) {
    String what = "its private key does not belong to the certificate in " + files.certificate();
    return unusable(files.keyFile(), what, "name the key that the certificate was made for", null);
  }

  private static byte[] read(Path file) throws Failure {
    try {
      if (Files.size(file) > MAX_FILE) {
        throw unusable(file, "it is larger than 1 MiB", "name a certificate's file", null);
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException missing) {
      throw unusable(file, "there is no such file", "check the path", missing);
    } catch (AccessDeniedException denied) {
      throw unusable(file, "it may not be read", "give this process the right to", denied);
    } catch (IOException broken) {
      throw unusable(file, "it cannot be read", broken.toString(), broken);
    }
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.ISO_8859_1);
  }

  /** A failure whose detail reads {@code FILE: what is wrong; how to mend it}. */
  static Failure unusable(Path file, String what, String mend, @Nullable Throwable cause) {
    String message = "a certificate or key cannot be used";
    Failure failure =
        cause == null
            ? Failure.of(Kind.INTERNAL, message)
            : Failure.of(Kind.INTERNAL, message, cause);
    return failure.detailed(file + ": " + what + "; " + mend);
  }
}
