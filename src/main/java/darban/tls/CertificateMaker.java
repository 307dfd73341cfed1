package darban.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes and signs the certificates of the development CA (RFC 5280), ECDSA on P-256 throughout. Any
 * thread; some milliseconds a certificate, so not on an event loop.
 */
final class CertificateMaker {
  static final Duration CA_LASTS = Duration.ofDays(3_652);
  static final Duration LEAF_LASTS = Duration.ofDays(90);

  /** Clocks of two machines differ: a certificate is valid a little before it was made. */
  private static final Duration BACKDATED = Duration.ofHours(1);

  private static final int LONGEST_COMMON_NAME = 64;
  private static final String ORGANISATION = "Darban";

  private final SecureRandom random;

  CertificateMaker(SecureRandom random) {
    this.random = random;
  }

  KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every JDK has P-256", impossible);
    }
  }

  /** A certificate of {@code key} about itself, which may issue leaves and nothing else. */
  X509Certificate authority(KeyPair key, Instant now) {
    // The name ends in a part of the key's digest: two machines' CAs can be told apart.
    byte[] id = extensions().createSubjectKeyIdentifier(info(key.getPublic())).getKeyIdentifier();
    X500Name name = name("Darban development CA " + HexFormat.of().formatHex(id, 0, 4));
    Instant from = now.minus(BACKDATED);
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              serial(),
              Date.from(from),
              Date.from(from.plus(CA_LASTS)),
              name,
              key.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          extensions().createSubjectKeyIdentifier(key.getPublic()));
      return signed(builder, key.getPrivate());
    } catch (IOException | GeneralSecurityException | OperatorCreationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A certificate for {@code names}, signed by {@code authority}, valid no longer than that. */
  X509Certificate leaf(Identity authority, PublicKey key, List<String> names, Instant now) {
    Instant from = now.minus(BACKDATED);
    Instant end = now.plus(LEAF_LASTS);
    Instant to = end.isBefore(authority.notAfter()) ? end : authority.notAfter();
    String first = names.getFirst();
    X500Name subject = name(first.length() > LONGEST_COMMON_NAME ? "Darban leaf" : first);
    try {
      X500Name issuer = new JcaX509CertificateHolder(authority.certificate()).getSubject();
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer, serial(), Date.from(from), Date.from(to), subject, key);
      addLeafExtensions(builder, authority.certificate(), key, names);
      return signed(builder, authority.key());
    } catch (IOException | GeneralSecurityException | OperatorCreationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void addLeafExtensions(
      JcaX509v3CertificateBuilder builder,
      X509Certificate issuer,
      PublicKey key,
      List<String> names)
      throws IOException, GeneralSecurityException {
    GeneralName[] alternatives =
        names.stream().map(CertificateMaker::generalName).toArray(GeneralName[]::new);
    builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, extensions().createSubjectKeyIdentifier(key));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        extensions().createAuthorityKeyIdentifier(issuer.getPublicKey()));
  }

  private static GeneralName generalName(String name) {
    int type = HostNames.isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName;
    return new GeneralName(type, name);
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, ORGANISATION)
        .addRDN(BCStyle.CN, commonName)
        .build();
  }

  /** 127 random bits: never negative, never guessed (RFC 5280 §4.1.2.2). */
  private BigInteger serial() {
    return new BigInteger(127, random).setBit(126);
  }

  private static JcaX509ExtensionUtils extensions() {
    try {
      return new JcaX509ExtensionUtils();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every JDK has SHA-1", impossible);
    }
  }

  private static org.bouncycastle.asn1.x509.SubjectPublicKeyInfo info(PublicKey key) {
    return org.bouncycastle.asn1.x509.SubjectPublicKeyInfo.getInstance(key.getEncoded());
  }

  private X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").setSecureRandom(random).build(key)));
  }
}
