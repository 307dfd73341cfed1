package darban.tls;

import darban.base.Failure;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/**
 * Private keys from PEM text: PKCS#8 (RFC 5958), PKCS#1 RSA, SEC1 EC, each also encrypted: PBES1
 * and PBES2 (RFC 8018) or the older {@code DEK-Info} form. Pure, any thread.
 */
final class PrivateKeys {
  private static final int MIN_RSA_BITS = 2048;
  private static final Set<Integer> EC_BITS = Set.of(256, 384, 521);
  private static final Map<String, String> ALGORITHMS =
      Map.of(
          PKCSObjectIdentifiers.rsaEncryption.getId(), "RSA",
          X9ObjectIdentifiers.id_ecPublicKey.getId(), "EC");

  private PrivateKeys() {}

  /** Made when the first encrypted key is met; it is never registered with the JDK. */
  private static final class Ciphers {
    static final Provider PROVIDER = new BouncyCastleProvider();
  }

  /**
   * A private key.
   *
   * @param point its public half as its file tells it (RFC 5915 §3); null where it does not
   */
  record Found(PrivateKey key, @Nullable ASN1BitString point) {
    /**
     * Whether it is the other half of {@code other}: seen by what is written of both, which is what
     * OpenSSL looks at too, and else tried out by signing.
     */
    boolean belongsTo(PublicKey other) {
      if (key instanceof RSAKey own && other instanceof RSAKey theirs) {
        return own.getModulus().equals(theirs.getModulus());
      }
      return point(other).equals(point) || verifies(other);
    }

    private static ASN1BitString point(PublicKey other) {
      return SubjectPublicKeyInfo.getInstance(other.getEncoded()).getPublicKeyData();
    }

    private boolean verifies(PublicKey other) {
      if (!key.getAlgorithm().equals(other.getAlgorithm())) {
        return false;
      }
      byte[] sample = {'d', 'a', 'r', 'b', 'a', 'n'};
      try {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(sample);
        byte[] signed = signature.sign();
        signature.initVerify(other);
        signature.update(sample);
        return signature.verify(signed);
      } catch (GeneralSecurityException differentKind) {
        return false; // another curve: these two were never made for each other
      }
    }
  }

  /** The first private key in {@code text}, decrypted. */
  static Found read(Path file, String text, Optional<String> password) throws Failure {
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
        PrivateKeyInfo info = decoded(file, item, password);
        if (info != null) {
          PrivateKey key = key(file, info);
          check(file, key);
          return new Found(key, point(info));
        }
      }
    } catch (Failure known) {
      throw known;
    } catch (IOException | PKCSException | OperatorCreationException | RuntimeException broken) {
      String mend =
          password.isPresent()
              ? "is the password right?"
              : "export it again, as PKCS#8 for instance";
      throw PemFiles.unusable(file, "its private key cannot be read", mend, broken);
    }
    String mend = "it must hold a -----BEGIN PRIVATE KEY----- block";
    throw PemFiles.unusable(file, "there is no private key in it", mend, null);
  }

  private static @Nullable PrivateKeyInfo decoded(Path file, Object item, Optional<String> password)
      throws IOException, PKCSException, OperatorCreationException {
    return switch (item) {
      case PrivateKeyInfo plain -> plain;
      case PEMKeyPair pair -> pair.getPrivateKeyInfo();
      case PKCS8EncryptedPrivateKeyInfo encrypted ->
          encrypted.decryptPrivateKeyInfo(
              new JceOpenSSLPKCS8DecryptorProviderBuilder()
                  .setProvider(Ciphers.PROVIDER)
                  .build(required(file, password)));
      case PEMEncryptedKeyPair encrypted ->
          encrypted
              .decryptKeyPair(
                  new JcePEMDecryptorProviderBuilder()
                      .setProvider(Ciphers.PROVIDER)
                      .build(required(file, password)))
              .getPrivateKeyInfo();
      default -> null; // certificates, EC parameters: not ours
    };
  }

  private static char[] required(Path file, Optional<String> password) {
    return password
        .orElseThrow(() ->
            PemFiles.unusable(file, "its private key is encrypted", "give its password", null))
        .toCharArray();
  }

  private static @Nullable ASN1BitString point(PrivateKeyInfo info) throws IOException {
    return info.getPrivateKeyAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
        ? org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(info.parsePrivateKey()).getPublicKey()
        : null;
  }

  private static PrivateKey key(Path file, PrivateKeyInfo info) throws IOException {
    String algorithm = ALGORITHMS.get(info.getPrivateKeyAlgorithm().getAlgorithm().getId());
    if (algorithm == null) {
      throw unsuitable(file, "its private key is neither RSA nor ECDSA");
    }
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    } catch (GeneralSecurityException broken) {
      String what = "its " + algorithm + " key is not of a kind that TLS uses";
      throw PemFiles.unusable(file, what, "make an ECDSA key on the curve P-256", broken);
    }
  }

  /** Refuses keys that some client would refuse: short RSA, curves that no browser knows. */
  static void check(Path file, PrivateKey key) throws Failure {
    switch (key) {
      case RSAPrivateKey rsa when rsa.getModulus().bitLength() < MIN_RSA_BITS ->
          throw unsuitable(file, "its RSA key has only " + rsa.getModulus().bitLength() + " bits");
      case ECPrivateKey ec when !EC_BITS.contains(ec.getParams().getOrder().bitLength()) ->
          throw unsuitable(file, "its key is on a curve that TLS clients do not use");
      case RSAPrivateKey rsa -> {}
      case ECPrivateKey ec -> {}
      default -> throw unsuitable(file, "its private key is neither RSA nor ECDSA");
    }
  }

  private static Failure unsuitable(Path file, String what) {
    return PemFiles.unusable(
        file, what, "make one on the curve P-256, or RSA of at least 2048 bits", null);
  }
}
