package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DevCaTest {
  @TempDir Path directory;
  private final TestTls test = new TestTls();

  @AfterEach
  void close() {
    test.close();
  }

  private DevCa open() throws Failure {
    return DevCa.open(directory, test.runtime(Engine.JDK));
  }

  private static Identity made(CompletableFuture<Identity> leaf) throws Exception {
    return leaf.get(20, TimeUnit.SECONDS);
  }

  private Path key() {
    return directory.resolve("ca-key.pem");
  }

  private Path certificate() {
    return directory.resolve("ca.pem");
  }

  private static String rights(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void open_first_makesTwoFilesAndNothingElse() throws Exception {
    DevCa ca = open();
    assertEquals("rw-------", rights(key()));
    assertEquals("rw-r--r--", rights(certificate()));
    assertEquals(List.of(ca.certificate()), PemFiles.certificates(certificate()));
    assertFalse(Files.readString(certificate()).contains("PRIVATE"));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(Set.of(key(), certificate()), Set.copyOf(files.toList()));
    }
  }

  @Test
  void open_again_findsTheSame() throws Exception {
    X509Certificate first = open().certificate();
    byte[] before = Files.readAllBytes(key());
    assertEquals(first, open().certificate());
    assertEquals(-1, java.util.Arrays.mismatch(before, Files.readAllBytes(key())));
    assertEquals(List.of(), test.allWarnings);
  }

  @Test
  void open_manyAtOnce_allHaveOneAndTheSame() throws Exception {
    for (int round = 0; round < 5; round++) {
      Path place = directory.resolve("round-" + round);
      CountDownLatch start = new CountDownLatch(1);
      Callable<X509Certificate> opening =
          () -> {
            start.await();
            return DevCa.open(place, test.runtime(Engine.JDK)).certificate();
          };
      Set<X509Certificate> seen = new HashSet<>();
      try (ExecutorService openers = Executors.newFixedThreadPool(6)) {
        List<Future<X509Certificate>> opened = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          opened.add(openers.submit(opening));
        }
        start.countDown();
        for (Future<X509Certificate> each : opened) {
          seen.add(each.get());
        }
      }
      assertEquals(1, seen.size());
      assertEquals(List.copyOf(seen), PemFiles.certificates(place.resolve("ca.pem")));
      try (Stream<Path> files = Files.list(place)) {
        assertEquals(2, files.count());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-----BEGIN CERTIFICATE-----\n", "of another CA"})
  void open_certificateMissingOrOther_writtenFromTheKeysFile(String left) throws Exception {
    X509Certificate first = open().certificate();
    if (left.isEmpty()) {
      Files.delete(certificate());
    } else {
      Files.writeString(certificate(), left);
    }
    assertEquals(first, open().certificate());
    assertEquals(List.of(first), PemFiles.certificates(certificate()));
    assertEquals("rw-r--r--", rights(certificate()));
  }

  @Test
  void open_broughtAlong_used() throws Exception {
    Programs.run(
        directory,
        "sh",
        "-c",
        "openssl ecparam -name prime256v1 -genkey -noout -out ca-key.pem && chmod 600 ca-key.pem"
            + " && openssl req -x509 -key ca-key.pem -subj /CN=own -days 99 -out ca.pem");
    String brought = "our own CA\n" + Files.readString(certificate());
    Files.writeString(certificate(), brought);
    DevCa ca = open();
    assertEquals("CN=own", ca.certificate().getSubjectX500Principal().getName());
    assertEquals(brought, Files.readString(certificate()));
    X509Certificate leaf = made(ca.leaf("a.example")).certificate();
    leaf.verify(ca.certificate().getPublicKey());
  }

  @Test
  void open_intermediate_itsCertificateIsSentAlong() throws Exception {
    Programs.run(
        directory,
        "sh",
        "-c",
        "openssl ecparam -name prime256v1 -genkey -noout -out root-key.pem"
            + " && openssl req -x509 -key root-key.pem -subj /CN=root -days 99 -out root.pem"
            + " && openssl ecparam -name prime256v1 -genkey -noout -out ca-key.pem"
            + " && echo basicConstraints=critical,CA:TRUE > ca.ext"
            + " && openssl req -new -key ca-key.pem -subj /CN=between -out ca.csr"
            + " && openssl x509 -req -in ca.csr -CA root.pem -CAkey root-key.pem -days 99"
            + " -extfile ca.ext -out ca.pem && cat root.pem >> ca.pem && chmod 600 ca-key.pem");
    DevCa ca = open();
    Identity leaf = made(ca.leaf("a.example"));
    assertEquals(List.of(leaf.certificate(), ca.certificate()), leaf.chain());
  }

  @Test
  void open_unusable_saysWhatToDo() throws Exception {
    open();
    test.clock.forward(CertificateMaker.CA_LASTS);
    refused("its certificate expired on ");
    Files.writeString(
        key(), Files.readString(key()).replaceAll("(?s)-----BEGIN PRIV.*PRIVATE KEY-----", ""));
    refused("there is no private key in it");
    Files.delete(key());
    KeyFiles leaf = new TestAuthority("x").issue("a.example").write(directory, "leaf");
    Files.writeString(
        key(), Files.readString(leaf.keyFile()) + Files.readString(leaf.certificate()));
    refused("it is not the certificate of a CA; remove ");
    Path notADirectory = Files.writeString(directory.resolve("file"), "x");
    Failure failure =
        assertThrows(
            Failure.class, () -> DevCa.open(notADirectory.resolve("x"), test.runtime(Engine.JDK)));
    assertTrue(failure.detail().contains("no development CA can be made there"), failure.detail());
  }

  private void refused(String reason) {
    Failure failure = assertThrows(Failure.class, this::open);
    assertTrue(failure.detail().contains(reason), failure.detail());
  }

  @Test
  void open_keyThatOthersMayRead_warns() throws Exception {
    open();
    Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("rw-r-----"));
    open();
    assertTrue(TestTls.next(test.warnings).contains("ca-key.pem: others may read it (rw-r-----)"));
  }

  @ParameterizedTest
  @CsvSource({
    "a.example, [a.example]",
    "localhost, '[localhost, 127.0.0.1, ::1]'",
    "::1, '[localhost, 127.0.0.1, ::1]'",
    "192.0.2.7, [192.0.2.7]",
    "2001:db8::1, [2001:db8::1]"
  })
  void leaf_name_isInItsCertificate(String name, String names) throws Exception {
    assertEquals(names, made(open().leaf(name)).names().toString());
  }

  @Test
  void local_withAddresses_hasThemToo() throws Exception {
    assertEquals(
        "[localhost, 127.0.0.1, ::1, 192.0.2.7]",
        made(open().local(List.of("192.0.2.7"))).names().toString());
  }

  @Test
  void leaf_forALongName_isMade() throws Exception {
    String name = "a".repeat(60) + "." + "b".repeat(60) + ".example";
    assertEquals(Set.of(name), made(open().leaf(name)).names());
  }

  @Test
  void leaf_openssl_trustsItAndReadsWhatItShould() throws Exception {
    DevCa ca = open();
    Identity leaf = made(ca.leaf("a.example"));
    Path file =
        Files.writeString(directory.resolve("leaf.pem"), TestAuthority.pem(leaf.certificate()));
    String verified =
        Programs.run(
            directory,
            "openssl",
            "verify",
            "-x509_strict",
            "-purpose",
            "sslserver",
            "-verify_hostname",
            "a.example",
            "-CAfile",
            "ca.pem",
            file.toString());
    assertTrue(verified.endsWith("leaf.pem: OK\n"), verified);
    String text = Programs.run(directory, "openssl", "x509", "-noout", "-text", "-in", "leaf.pem");
    for (String part :
        List.of(
            "DNS:a.example",
            "TLS Web Server Authentication",
            "CA:FALSE",
            "Digital Signature",
            "Authority Key Identifier",
            "Subject Key Identifier",
            "prime256v1",
            "ecdsa-with-SHA256")) {
      assertTrue(text.contains(part), () -> part + " in\n" + text);
    }
    String authority =
        Programs.run(directory, "openssl", "x509", "-noout", "-text", "-in", "ca.pem");
    assertTrue(authority.contains("CA:TRUE, pathlen:0"), authority);
    assertTrue(authority.contains("Certificate Sign, CRL Sign"), authority);
    assertTrue(authority.contains("CN = Darban development CA "), authority);
  }

  @Test
  void leaf_askedOften_madeOnceOffTheCallersThread() throws Exception {
    DevCa ca = open();
    List<CompletableFuture<Identity>> asked = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      asked.add(ca.leaf("a.example"));
    }
    Identity first = made(asked.getFirst());
    for (CompletableFuture<Identity> each : asked) {
      assertSame(first, made(each));
    }
    assertNotSame(first, made(ca.leaf("b.example")));
    assertEquals(first.key(), made(ca.leaf("b.example")).key());
    assertEquals(first.notAfter(), ca.expiries().get("a.example"));
  }

  @Test
  void leaf_lasts90Days_madeAnewWhenAThirdIsLeft() throws Exception {
    DevCa ca = open();
    Identity first = made(ca.leaf("a.example"));
    Duration left = Duration.between(test.clock.now(), first.notAfter());
    assertEquals(90, left.plusMinutes(1).toDays());
    test.clock.forward(Duration.ofDays(59));
    assertSame(first, made(ca.leaf("a.example")));
    test.clock.forward(Duration.ofDays(2));
    Identity next = made(ca.leaf("a.example"));
    assertNotEquals(first.certificate(), next.certificate());
    assertTrue(next.notAfter().isAfter(first.notAfter()));
  }

  @Test
  void leaf_nearTheEndOfTheCa_endsWithIt() throws Exception {
    DevCa ca = open();
    test.clock.forward(CertificateMaker.CA_LASTS.minusDays(10));
    Identity leaf = made(ca.leaf("a.example"));
    assertEquals(ca.certificate().getNotAfter().toInstant(), leaf.notAfter());
  }

  @Test
  void leaf_moreNamesThanAreKept_longestUnusedIsForgotten() throws Exception {
    DevCa ca = open();
    Identity first = made(ca.leaf("first.example"));
    for (int i = 0; i < DevCa.MOST_LEAVES; i++) {
      made(ca.leaf("n" + i + ".example"));
    }
    assertEquals(DevCa.MOST_LEAVES, ca.expiries().size());
    assertNotSame(first, made(ca.leaf("first.example")));
  }

  @Test
  void leaf_floodOfNames_refusedBeyondABound() throws Exception {
    DevCa ca = open();
    CountDownLatch block = new CountDownLatch(1);
    for (int i = 0; i < 20; i++) { // every worker waits
      test.runtime(Engine.JDK).workers().execute(() -> await(block));
    }
    List<CompletableFuture<Identity>> pending = new ArrayList<>();
    for (int i = 0; i < DevCa.MOST_PENDING; i++) {
      pending.add(ca.leaf("n" + i + ".example"));
    }
    CompletionException refused =
        assertThrows(CompletionException.class, () -> ca.leaf("one-more.example").join());
    assertTrue(refused.getCause() instanceof Failure failure && failure.kind() == Kind.OVERLOADED);
    block.countDown();
    for (CompletableFuture<Identity> each : pending) {
      made(each);
    }
    made(ca.leaf("one-more.example"));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, '[localhost, 127.0.0.1, ::1, 192.0.2.7]'",
        "a.example, [a.example]",
        "A.Example, [a.example]",
        "x.b.example, [x.b.example]",
        "localhost, '[localhost, 127.0.0.1, ::1]'",
        "192.0.2.7, [192.0.2.7]",
        "b.example, ",
        "x.y.b.example, ",
        "other.example, ",
        "192.0.2.8, ",
        "not a name, "
      })
  void names_allowList_onlyThoseAreMade(String name, String expected) throws Exception {
    InternalNames names =
        new InternalNames(open(), List.of("a.example", "*.b.example", "192.0.2.7"));
    CompletableFuture<Identity> found = names.find(name);
    if (expected != null) {
      assertEquals(expected, made(found).names().toString());
    } else {
      CompletionException refused = assertThrows(CompletionException.class, found::join);
      assertEquals(HandshakeFault.UNKNOWN_NAME, HandshakeFault.of(refused));
    }
  }

  @Test
  void names_withoutAllowList_anyHostName() throws Exception {
    InternalNames names = new InternalNames(open(), List.of());
    assertEquals("[any.example]", made(names.find("any.example")).names().toString());
    assertThrows(CompletionException.class, () -> names.find("-no-.example").join());
  }

  @Test
  void names_badAllowList_refused() throws Exception {
    DevCa ca = open();
    Failure failure = assertThrows(Failure.class, () -> new InternalNames(ca, List.of("a b")));
    assertTrue(failure.detail().startsWith("'a b' is no host name"), failure.detail());
  }
}
