package darban.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** An issuer of certificates for tests, good ones and bad ones. */
final class TestAuthority {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** What a certificate is to say. */
  record Wish(
      String commonName,
      List<String> names,
      Instant from,
      Instant to,
      KeyPair key,
      List<KeyPurposeId> purposes) {

    static Wish of(String... names) {
      return new Wish(
          names[0],
          List.of(names),
          Instant.now().minus(Duration.ofDays(1)),
          Instant.now().plus(Duration.ofDays(30)),
          ecKey(),
          List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth));
    }

    Wish with(KeyPair key) {
      return new Wish(commonName, names, from, to, key, purposes);
    }

    Wish valid(Instant from, Instant to) {
      return new Wish(commonName, names, from, to, key, purposes);
    }

    Wish only(KeyPurposeId purpose) {
      return new Wish(commonName, names, from, to, key, List.of(purpose));
    }

    Wish withoutAlternativeNames() {
      return new Wish(commonName, List.of(), from, to, key, purposes);
    }
  }

  /** A certificate and its key. */
  record Issued(KeyPair key, X509Certificate certificate, X509Certificate issuer) {
    /** Writes {@code NAME.pem} and {@code NAME-key.pem}. */
    KeyFiles write(Path directory, String name) throws IOException {
      Path certificateFile = directory.resolve(name + ".pem");
      Path keyFile = directory.resolve(name + "-key.pem");
      Files.writeString(certificateFile, pem(certificate));
      Files.writeString(keyFile, pem(key.getPrivate()));
      return KeyFiles.of(certificateFile, keyFile);
    }

    Identity identity() {
      return new Identity(key.getPrivate(), List.of(certificate), "test");
    }
  }

  private final KeyPair key = ecKey();
  private final X509Certificate certificate;

  TestAuthority(String name) {
    Instant now = Instant.now();
    Wish self = Wish.of(name).with(key).valid(now.minusSeconds(9_000), now.plusSeconds(999_999));
    this.certificate = sign(self, name, true);
  }

  X509Certificate certificate() {
    return certificate;
  }

  /** Writes the authority's own certificate. */
  Path write(Path file) throws IOException {
    return Files.writeString(file, pem(certificate));
  }

  Issued issue(String... names) {
    return issue(Wish.of(names));
  }

  Issued issue(Wish wish) {
    String issuer = certificate.getSubjectX500Principal().getName();
    return new Issued(wish.key(), sign(wish, issuer.substring("CN=".length()), false), certificate);
  }

  /** A certificate that its own key signed. */
  static Issued selfSigned(String name) {
    TestAuthority self = new TestAuthority(name);
    Wish wish = Wish.of(name).with(self.key);
    return new Issued(self.key, self.sign(wish, name, false), self.certificate);
  }

  private X509Certificate sign(Wish wish, String issuer, boolean authority) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=" + issuer),
              new BigInteger(100, RANDOM),
              Date.from(wish.from()),
              Date.from(wish.to()),
              new X500Name("CN=" + wish.commonName()),
              wish.key().getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (!authority) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(wish.purposes().toArray(KeyPurposeId[]::new)));
        if (!wish.names().isEmpty()) {
          builder.addExtension(Extension.subjectAlternativeName, false, alternatives(wish));
        }
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
    } catch (IOException | GeneralSecurityException | OperatorCreationException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private static GeneralNames alternatives(Wish wish) {
    Stream<GeneralName> names =
        wish.names().stream()
            .map(name ->
                new GeneralName(
                    HostNames.isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name));
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }

  static KeyPair ecKey() {
    return ecKey("secp256r1");
  }

  static KeyPair ecKey(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException(broken);
    }
  }

  static KeyPair rsaKey(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException(broken);
    }
  }

  /** A certificate or a key (PKCS#8) as PEM. */
  static String pem(Object item) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(
          item instanceof PrivateKey key ? new PemObject("PRIVATE KEY", key.getEncoded()) : item);
    } catch (IOException broken) {
      throw new IllegalStateException(broken);
    }
    return text.toString();
  }
}
