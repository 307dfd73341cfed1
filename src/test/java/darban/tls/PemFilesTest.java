package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Secret;
import darban.tls.TestAuthority.Issued;
import darban.tls.TestAuthority.Wish;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.OutputEncryptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemFilesTest {
  private static final TestAuthority CA = new TestAuthority("pem test");
  private static final Issued EC = CA.issue("ec.example");
  private static final Issued RSA =
      CA.issue(Wish.of("rsa.example").with(TestAuthority.rsaKey(2048)));
  private static final Provider BC = new BouncyCastleProvider();
  private static final String PASSWORD = "گذرواژه-1";

  @TempDir Path directory;

  /** Forms a key can be written in. */
  enum Form {
    PKCS8,
    TRADITIONAL,
    PBES2_AES,
    PBES1_3DES,
    TRADITIONAL_AES,
    TRADITIONAL_3DES;

    boolean isEncrypted() {
      return this != PKCS8 && this != TRADITIONAL;
    }

    String write(PrivateKey key) throws Exception {
      return switch (this) {
        case PKCS8 -> pkcs8(key, null);
        case TRADITIONAL -> traditional(key, Optional.empty());
        case PBES2_AES -> pkcs8(key, PKCS8Generator.AES_256_CBC);
        case PBES1_3DES -> pkcs8(key, PKCS8Generator.PBE_SHA1_3DES);
        case TRADITIONAL_AES -> traditional(key, Optional.of("AES-256-CBC"));
        case TRADITIONAL_3DES -> traditional(key, Optional.of("DES-EDE3-CBC"));
      };
    }

    private static String pkcs8(PrivateKey key, @Nullable ASN1ObjectIdentifier cipher)
        throws Exception {
      OutputEncryptor encryptor =
          cipher == null
              ? null
              : new JceOpenSSLPKCS8EncryptorBuilder(cipher)
                  .setProvider(BC)
                  .setPassword(PASSWORD.toCharArray())
                  .build();
      return TestAuthority.pem(new JcaPKCS8Generator(key, encryptor));
    }

    /** As older commands of OpenSSL write it: in the form of its algorithm, with its curve. */
    private static String traditional(PrivateKey key, Optional<String> cipher) throws Exception {
      PrivateKey withCurve =
          KeyFactory.getInstance(key.getAlgorithm(), BC)
              .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
      StringWriter text = new StringWriter();
      try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
        if (cipher.isPresent()) {
          JcePEMEncryptorBuilder encryptor = new JcePEMEncryptorBuilder(cipher.get());
          writer.writeObject(withCurve, encryptor.setProvider(BC).build(PASSWORD.toCharArray()));
        } else {
          writer.writeObject(withCurve);
        }
      }
      return text.toString();
    }
  }

  private KeyFiles files(Issued issued, String key, Optional<Secret> password) throws IOException {
    Path certificate = Files.writeString(directory.resolve("c.pem"), certificate(issued));
    Path keyFile = Files.writeString(directory.resolve("k.pem"), key);
    return new KeyFiles(certificate, Optional.of(keyFile), password);
  }

  /** What is secret in a key; its other parts may be written in several ways. */
  private static BigInteger number(PrivateKey key) {
    return switch (key) {
      case ECPrivateKey ec -> ec.getS();
      case RSAPrivateKey rsa -> rsa.getPrivateExponent();
      default -> throw new AssertionError(key.getAlgorithm());
    };
  }

  private static String certificate(Issued issued) {
    return TestAuthority.pem(issued.certificate());
  }

  private static Optional<Secret> password() {
    return Optional.of(new Secret(PASSWORD));
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void identity_keyInEachForm_loaded(Form form) throws Exception {
    for (Issued issued : List.of(EC, RSA)) {
      Optional<Secret> password = form.isEncrypted() ? password() : Optional.empty();
      KeyFiles files = files(issued, form.write(issued.key().getPrivate()), password);
      Identity identity = PemFiles.identity(files);
      assertEquals(number(issued.key().getPrivate()), number(identity.key()));
      assertEquals(List.of(issued.certificate()), identity.chain());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Form.class,
      mode = EnumSource.Mode.MATCH_ANY,
      names = {"P.*S[12].*", ".*AL_.*"})
  void identity_encryptedKeyWithoutItsPassword_refused(Form form) throws Exception {
    String key = form.write(EC.key().getPrivate());
    refused(files(EC, key, Optional.empty()), "k.pem: its private key is encrypted");
    refused(
        files(EC, key, Optional.of(new Secret("wrong"))),
        "k.pem: its private key cannot be read; is the password right?");
  }

  @Test
  void identity_bouncyCastle_isNotRegistered() throws Exception {
    PemFiles.identity(files(EC, Form.PBES2_AES.write(EC.key().getPrivate()), password()));
    assertEquals(null, Security.getProvider("BC"));
  }

  @Test
  void identity_oneFileWithBoth_loaded() throws Exception {
    String both = TestAuthority.pem(EC.key().getPrivate()) + certificate(EC);
    Path file = Files.writeString(directory.resolve("both.pem"), both);
    KeyFiles files = new KeyFiles(file, Optional.empty(), Optional.empty());
    assertEquals(EC.certificate(), PemFiles.identity(files).certificate());
    assertEquals(List.of(file), files.all());
  }

  @Test
  void identity_chainInDisorder_putInOrder() throws Exception {
    TestAuthority other = new TestAuthority("other");
    String shuffled =
        TestAuthority.pem(other.certificate())
            + TestAuthority.pem(CA.certificate())
            + certificate(EC);
    KeyFiles files = files(EC, TestAuthority.pem(EC.key().getPrivate()), Optional.empty());
    Files.writeString(files.certificate(), shuffled);
    assertEquals(List.of(EC.certificate(), CA.certificate()), PemFiles.identity(files).chain());
  }

  @ParameterizedTest
  @ValueSource(strings = {"geheim", ""})
  void identity_pkcs12_loaded(String password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("a-trusted-one", CA.certificate());
    store.setKeyEntry(
        "server",
        EC.key().getPrivate(),
        password.toCharArray(),
        new Certificate[] {EC.certificate(), CA.certificate()});
    Path file = directory.resolve("server.p12");
    try (var out = Files.newOutputStream(file)) {
      store.store(out, password.toCharArray());
    }
    KeyFiles files = new KeyFiles(file, Optional.empty(), Optional.of(new Secret(password)));
    Identity identity = PemFiles.identity(files);
    assertEquals(EC.key().getPrivate(), identity.key());
    assertEquals(List.of(EC.certificate(), CA.certificate()), identity.chain());
    refused(
        new KeyFiles(file, Optional.empty(), Optional.of(new Secret("wrong"))),
        "server.p12: it cannot be opened as PKCS#12; check the password");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "genrsa -traditional -out k 2048 |",
        "genrsa -traditional -aes128 -passout pass:x -out k 2048 | x",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out k |",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k |",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -aes-256-cbc -pass pass:x -out k | x",
        "ecparam -name prime256v1 -genkey -out k |",
        "ecparam -name secp521r1 -genkey -noout -out k |"
      })
  void identity_keyMadeByOpenssl_loaded(String command, String password) throws Exception {
    openssl(command);
    certify(Optional.ofNullable(password));
    loads("c", "k", password);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pkcs8 -topk8 -nocrypt -in k -out e |",
        "pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:x -in k -out e | x",
        "pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA512 -passout pass:x -in k -out e | x",
        "pkcs8 -topk8 -scrypt -passout pass:x -in k -out e | x",
        "ec -aes256 -passout pass:x -in k -out e | x",
        "ec -des3 -passout pass:x -in k -out e | x"
      })
  void identity_keyConvertedByOpenssl_loaded(String command, String password) throws Exception {
    openssl("ecparam -name prime256v1 -genkey -noout -out k");
    certify(Optional.empty());
    openssl(command);
    loads("c", "e", password);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-legacy"})
  void identity_pkcs12MadeByOpenssl_loaded(String option) throws Exception {
    openssl("ecparam -name prime256v1 -genkey -noout -out k");
    certify(Optional.empty());
    openssl("pkcs12 -export " + option + " -inkey k -in c -out p -passout pass:x");
    Path file = directory.resolve("p");
    Identity identity =
        PemFiles.identity(new KeyFiles(file, Optional.empty(), Optional.of(new Secret("x"))));
    assertEquals("[openssl.example]", identity.names().toString());
  }

  @Test
  void identity_pkcs12WithoutKey_refused() throws Exception {
    openssl("ecparam -name prime256v1 -genkey -noout -out k");
    certify(Optional.empty());
    openssl("pkcs12 -export -nokeys -in c -out p -passout pass:x");
    refused(
        new KeyFiles(directory.resolve("p"), Optional.empty(), Optional.of(new Secret("x"))),
        "p: there is no private key in it");
  }

  private void certify(Optional<String> password) throws Exception {
    openssl(
        "req -x509 -key k -out c -days 9 -subj /CN=openssl.example"
            + password.map(text -> " -passin pass:" + text).orElse(""));
  }

  private void loads(String certificate, String key, String password) throws Failure {
    Identity identity =
        PemFiles.identity(
            new KeyFiles(
                directory.resolve(certificate),
                Optional.of(directory.resolve(key)),
                Optional.ofNullable(password).map(Secret::new)));
    assertEquals("[openssl.example]", identity.names().toString());
  }

  private void openssl(String arguments) throws Exception {
    Programs.run(directory, ("openssl " + arguments).split(" +"));
  }

  @Test
  void identity_keyOfAnother_refused() throws Exception {
    KeyPair other = TestAuthority.ecKey();
    refused(
        files(EC, TestAuthority.pem(other.getPrivate()), Optional.empty()),
        "k.pem: its private key does not belong to the certificate in");
    refused(
        files(EC, TestAuthority.pem(RSA.key().getPrivate()), Optional.empty()),
        "k.pem: its private key does not belong to the certificate in");
    refused(
        files(
            EC, TestAuthority.pem(TestAuthority.ecKey("secp384r1").getPrivate()), Optional.empty()),
        "k.pem: its private key does not belong to the certificate in");
  }

  @Test
  void identity_weakOrUnusableKey_refused() throws Exception {
    KeyPair small = TestAuthority.rsaKey(1024);
    refused(
        files(
            CA.issue(Wish.of("a.example").with(small)),
            TestAuthority.pem(small.getPrivate()),
            Optional.empty()),
        "k.pem: its RSA key has only 1024 bits; make one on the curve P-256");
    openssl("genpkey -algorithm ED25519 -out ed");
    refused(
        files(EC, Files.readString(directory.resolve("ed")), Optional.empty()),
        "k.pem: its private key is neither RSA nor ECDSA");
    openssl("ecparam -name secp256k1 -genkey -noout -out k1");
    refused(files(EC, Files.readString(directory.resolve("k1")), Optional.empty()), "k.pem: its ");
  }

  @Test
  void identity_brokenOrMissingFile_saysWhatToMend() throws Exception {
    String key = TestAuthority.pem(EC.key().getPrivate());
    KeyFiles good = files(EC, key, Optional.empty());
    Path missing = directory.resolve("no.pem");
    refused(KeyFiles.of(missing, good.keyFile()), "no.pem: there is no such file; check the path");
    refused(KeyFiles.of(good.certificate(), missing), "no.pem: there is no such file");
    refused(KeyFiles.of(good.keyFile(), good.keyFile()), "k.pem: there is no certificate in it");
    refused(
        KeyFiles.of(good.certificate(), good.certificate()),
        "c.pem: there is no private key in it");
    refused(files(EC, key.substring(0, key.length() / 2), Optional.empty()), "k.pem: ");
    Files.writeString(good.certificate(), certificate(EC).replace('M', '!'));
    refused(good, "c.pem: a certificate in it cannot be read");
    Files.writeString(good.certificate(), "");
    refused(good, "c.pem: there is no certificate in it");
    Files.write(good.certificate(), new byte[2 << 20]);
    refused(good, "c.pem: it is larger than 1 MiB");
  }

  private static void refused(KeyFiles files, String reason) {
    Failure failure = assertThrows(Failure.class, () -> PemFiles.identity(files));
    assertTrue(failure.detail().contains(reason), failure.detail());
    assertTrue(!failure.message().contains("/"), failure.message());
  }
}
