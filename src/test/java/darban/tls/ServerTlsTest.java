package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.tls.ServerTlsSettings.ClientAuth;
import darban.tls.ServerTlsSettings.ClientAuth.Mode;
import darban.tls.TestAuthority.Issued;
import darban.tls.TestAuthority.Wish;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(LeakWatch.class)
class ServerTlsTest {
  private static final TestAuthority CA = new TestAuthority("server test");
  private static final TestAuthority OTHER = new TestAuthority("another");
  private static final Issued A = CA.issue("a.example", "127.0.0.1");
  private static final Issued WILD = CA.issue("*.b.example");
  private static final Issued RSA =
      CA.issue(Wish.of("rsa.example").with(TestAuthority.rsaKey(2048)));

  @TempDir Path directory;
  private final TestTls test = new TestTls();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    test.close();
  }

  private ServerTls open(Engine engine, ServerTlsSettings settings) throws Failure {
    ServerTls tls = test.tls(engine, directory).server(settings);
    open.add(tls);
    return tls;
  }

  private int serve(ServerTls tls) {
    TinyServer server = new TinyServer(tls);
    open.add(server);
    return server.port();
  }

  private ServerTlsSettings three() throws IOException {
    return TestTls.settings(
        A.write(directory, "a"), WILD.write(directory, "b"), RSA.write(directory, "rsa"));
  }

  private static void eventually(BooleanSupplier condition) {
    Instant end = Instant.now().plusSeconds(10);
    while (!condition.getAsBoolean()) {
      assertTrue(Instant.now().isBefore(end), "does not come true");
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handshake_bySni_hasTheCertificateOfTheName(Engine engine) throws Exception {
    ServerTls tls = open(engine, three());
    int port = serve(tls);
    TestClient client = new TestClient(CA.certificate());
    assertEquals(A.certificate(), client.get(port, "a.example").certificate());
    assertEquals(WILD.certificate(), client.get(port, "x.b.example").certificate());
    assertEquals(RSA.certificate(), client.get(port, "rsa.example").certificate());
    assertEquals(A.certificate(), client.get(port, "127.0.0.1").certificate());
    assertEquals(4, tls.counters().full());
    assertEquals(engine, tls.engine());
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handshake_eachKindOfKey_served(Engine engine) throws Exception {
    List<Issued> issued =
        Stream.of(
                TestAuthority.ecKey("secp256r1"),
                TestAuthority.ecKey("secp384r1"),
                TestAuthority.ecKey("secp521r1"),
                TestAuthority.rsaKey(3072))
            .map(key -> CA.issue(Wish.of(key.hashCode() + ".example").with(key)))
            .toList();
    List<KeyFiles> files = new ArrayList<>();
    for (Issued each : issued) {
      files.add(each.write(directory, "k" + files.size()));
    }
    int port = serve(open(engine, TestTls.settings(files.toArray(KeyFiles[]::new))));
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      TestClient client = new TestClient(CA.certificate()).protocols(version);
      for (Issued each : issued) {
        String name = Identity.namesOf(each.certificate()).iterator().next();
        assertEquals(each.certificate(), client.get(port, name).certificate());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handshake_eachVersion_agreed(Engine engine) throws Exception {
    int port = serve(open(engine, three()));
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      TestClient client = new TestClient(CA.certificate()).protocols(version);
      String line = client.get(port, "a.example").line();
      assertTrue(line.startsWith(version + " "), line);
      assertTrue(line.contains(" sni=a.example alpn=- resumed=false peer=-"), line);
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handshake_belowTheOldestVersion_refused(Engine engine) throws Exception {
    ServerTls tls = open(engine, three().with(TlsVersion.TLS_1_3));
    int port = serve(tls);
    TestClient old = new TestClient(CA.certificate()).protocols("TLSv1.2");
    assertThrows(IOException.class, () -> old.get(port, "a.example"));
    eventually(() -> tls.counters().failed(HandshakeFault.PROTOCOL_VERSION) == 1);
    TestClient current = new TestClient(CA.certificate());
    assertTrue(current.get(port, "a.example").line().startsWith("TLSv1.3 "));
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void alpn_offers_ourPreferenceOrRefusal(Engine engine) throws Exception {
    ServerTls tls = open(engine, three());
    int port = serve(tls);
    TestClient client = new TestClient(CA.certificate());
    assertEquals("h2", client.alpn("http/1.1", "x", "h2").get(port, "a.example").alpn());
    assertEquals("http/1.1", client.alpn("http/1.1").get(port, "a.example").alpn());
    assertEquals("", client.alpn().get(port, "a.example").alpn());
    IOException refused =
        assertThrows(IOException.class, () -> client.alpn("x", "y").get(port, "a.example"));
    assertTrue(refused.toString().contains("no_application_protocol"), refused.toString());
    assertEquals(1, tls.counters().failed(HandshakeFault.NO_SHARED_PROTOCOL));
  }

  static Stream<Arguments> clientAuth() {
    Instant now = Instant.now();
    Wish old = Wish.of("old").valid(now.minusSeconds(9_000), now.minusSeconds(5_000));
    Wish server = Wish.of("server").only(KeyPurposeId.id_kp_serverAuth);
    Optional<Issued> none = Optional.empty();
    Optional<Issued> good = Optional.of(CA.issue("good client"));
    HandshakeFault refused = HandshakeFault.CLIENT_CERTIFICATE_REFUSED;
    Optional<HandshakeFault> fails = Optional.of(refused);
    Optional<HandshakeFault> missing = Optional.of(HandshakeFault.CLIENT_CERTIFICATE_MISSING);
    return Stream.of(Engine.values())
        .flatMap(engine ->
            Stream.of(
                Arguments.of(engine, Mode.NONE, none, "peer=-", none),
                Arguments.of(engine, Mode.NONE, good, "peer=-", none),
                Arguments.of(engine, Mode.OPTIONAL, none, "peer=-", none),
                Arguments.of(engine, Mode.OPTIONAL, good, "peer=CN=good client", none),
                Arguments.of(engine, Mode.OPTIONAL, Optional.of(OTHER.issue("x")), "", fails),
                Arguments.of(engine, Mode.REQUIRED, none, "", missing),
                Arguments.of(engine, Mode.REQUIRED, good, "peer=CN=good client", none),
                Arguments.of(engine, Mode.REQUIRED, Optional.of(OTHER.issue("x")), "", fails),
                Arguments.of(
                    engine, Mode.REQUIRED, Optional.of(TestAuthority.selfSigned("x")), "", fails),
                Arguments.of(engine, Mode.REQUIRED, Optional.of(CA.issue(old)), "", fails),
                Arguments.of(engine, Mode.REQUIRED, Optional.of(CA.issue(server)), "", fails)));
  }

  @ParameterizedTest
  @MethodSource("clientAuth")
  void clientAuth_eachCertificate_asThePolicySays(
      Engine engine,
      Mode mode,
      Optional<Issued> certificate,
      String seen,
      Optional<HandshakeFault> fault)
      throws Exception {
    Path ca = CA.write(directory.resolve("ca.pem"));
    ServerTls tls = open(engine, three().with(new ClientAuth(mode, Optional.of(ca))));
    int port = serve(tls);
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      TestClient client = new TestClient(CA.certificate(), certificate).protocols(version);
      if (fault.isEmpty()) {
        String line = client.get(port, "a.example").line();
        assertTrue(line.contains(seen), line);
      } else {
        assertThrows(IOException.class, () -> client.get(port, "a.example"));
      }
    }
    fault.ifPresent(expected -> eventually(() -> tls.counters().failed(expected) == 2));
  }

  @Test
  void clientAuth_withoutIssuers_refused() throws Exception {
    ServerTlsSettings settings = three().with(new ClientAuth(Mode.REQUIRED, Optional.empty()));
    Failure failure = assertThrows(Failure.class, () -> open(Engine.JDK, settings));
    assertTrue(failure.detail().contains("name a client-ca"), failure.detail());
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void resumption_secondConnection_goesOnFromTheFirst(Engine engine) throws Exception {
    ServerTls tls = open(engine, three());
    int port = serve(tls);
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      TestClient client = new TestClient(CA.certificate()).protocols(version);
      assertTrue(client.get(port, "a.example").line().contains("resumed=false"));
      assertTrue(client.get(port, "a.example").line().contains("resumed=true"), version);
    }
    assertEquals(2, tls.counters().full());
    assertEquals(2, tls.counters().resumed());
  }

  @Test
  void resumption_keysTurn_ticketOpensForTwelveHoursAtMost() throws Exception {
    int port = serve(open(Engine.BORINGSSL, three()));
    TestClient early = new TestClient(CA.certificate());
    TestClient late = new TestClient(CA.certificate());
    early.get(port, "a.example");
    late.get(port, "a.example");
    test.clock.forward(TicketKeys.SEALS);
    assertTrue(early.get(port, "a.example").line().contains("resumed=true"));
    test.clock.forward(TicketKeys.SEALS);
    assertTrue(late.get(port, "a.example").line().contains("resumed=false"));
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void timeout_silentClient_closed(Engine engine) throws Exception {
    ServerTls tls = open(engine, three().with(Duration.ofMillis(200)));
    int port = serve(tls);
    byte[] hello = {0x16, 3, 1, 2, 0, 1};
    for (byte[] sent : new byte[][] {{}, hello}) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(sent);
        assertEquals(-1, socket.getInputStream().read());
      }
    }
    eventually(() -> tls.counters().failed(HandshakeFault.TIMEOUT) == 2);
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handshake_whatIsNoTls_counted(Engine engine) throws Exception {
    ServerTls tls = open(engine, three());
    int port = serve(tls);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
    eventually(() -> tls.counters().failed(HandshakeFault.NOT_TLS) == 1);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1});
    }
    eventually(() -> tls.counters().failed(HandshakeFault.CLOSED) == 1);
    new Socket(InetAddress.getLoopbackAddress(), port).close();
    TestClient stranger = new TestClient(OTHER.certificate());
    assertThrows(IOException.class, () -> stranger.get(port, "a.example"));
    eventually(() -> tls.counters().failed(HandshakeFault.ALERT) == 1);
    assertEquals(1, tls.counters().failed(HandshakeFault.CLOSED));
  }

  @Test
  void open_expiredCertificate_warnsAndServes() throws Exception {
    Instant now = Instant.now();
    Wish old = Wish.of("a.example").valid(now.minusSeconds(9_000), now.minusSeconds(5_000));
    Wish early = Wish.of("b.example").valid(now.plusSeconds(5_000), now.plusSeconds(9_000));
    ServerTls tls =
        open(
            Engine.best(),
            TestTls.settings(
                CA.issue(old).write(directory, "old"), CA.issue(early).write(directory, "early")));
    assertTrue(TestTls.next(test.warnings).contains("old.pem: expired on "));
    assertTrue(TestTls.next(test.warnings).contains("early.pem: not valid before "));
    assertEquals(
        Set.of(
            old.to().truncatedTo(ChronoUnit.SECONDS), early.to().truncatedTo(ChronoUnit.SECONDS)),
        Set.copyOf(tls.expiries().values()));
  }

  @Test
  void boringSsl_isThere_withTheHybridGroup() throws Exception {
    assertEquals(Engine.BORINGSSL, Engine.best());
    assertTrue(Engine.BORINGSSL.version().contains("BoringSSL"), Engine.BORINGSSL.version());
    assertTrue(Engine.JDK.version().startsWith("JDK "), Engine.JDK.version());
    int port = serve(open(Engine.BORINGSSL, three()));
    TestClient client = new TestClient(CA.certificate());
    String line = client.get(port, "a.example").line();
    assertTrue(line.contains("group=X25519 "), line);
  }

  @Test
  void close_laterClients_refused() throws Exception {
    ServerTls tls = open(Engine.BORINGSSL, three());
    int port = serve(tls);
    new TestClient(CA.certificate()).get(port, "a.example");
    tls.close();
    TestClient client = new TestClient(CA.certificate());
    assertThrows(IOException.class, () -> client.get(port, "a.example"));
    assertEquals(1, tls.counters().failed(HandshakeFault.OTHER));
  }
}
