package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.tls.ServerTlsSettings.ClientAuth;
import darban.tls.ServerTlsSettings.ClientAuth.Mode;
import darban.tls.TestAuthority.Issued;
import io.netty.handler.codec.quic.QuicSslContext;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(LeakWatch.class)
class QuicTlsTest {
  private static final TestAuthority CA = new TestAuthority("quic test");
  private static final Issued A = CA.issue("a.example", "127.0.0.1");
  private static final Issued B = CA.issue("*.b.example");

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

  private ServerTls open(ServerTlsSettings settings) throws Failure {
    ServerTls tls = test.tls(Engine.best(), directory).server(settings);
    open.add(tls);
    return tls;
  }

  private TinyQuicServer serve(ServerTls tls) {
    TinyQuicServer server = new TinyQuicServer(tls);
    open.add(server);
    return server;
  }

  private ServerTlsSettings two() throws Exception {
    return TestTls.settings(A.write(directory, "a"), B.write(directory, "b"));
  }

  private static QuicSslContext trusting(X509Certificate authority) {
    return TinyQuicServer.client(authority, Optional.empty());
  }

  @Test
  void handshake_bySni_hasTheCertificateOfTheName() throws Exception {
    ServerTls tls = open(two());
    TinyQuicServer server = serve(tls);
    QuicSslContext client = trusting(CA.certificate());
    TinyQuicServer.Reply reply = server.get(client, "a.example");
    assertEquals(A.certificate(), reply.certificate());
    assertTrue(reply.line().startsWith("TLSv1.3 TLS_AES_"), reply.line());
    assertTrue(reply.line().contains(" sni=a.example alpn=h3 "), reply.line());
    assertEquals(B.certificate(), server.get(client, "x.b.example").certificate());
    TinyQuicServer.Reply unnamed = server.get(client, "127.0.0.1");
    assertEquals(A.certificate(), unnamed.certificate());
    assertTrue(unnamed.line().contains(" sni=- "), unnamed.line());
    assertEquals(3, tls.counters().quic());
  }

  static Stream<Arguments> clientAuth() {
    Optional<Issued> none = Optional.empty();
    Optional<Issued> good = Optional.of(CA.issue("good client"));
    Optional<Issued> other = Optional.of(new TestAuthority("other").issue("x"));
    return Stream.of(
        Arguments.of(Mode.NONE, none, "peer=-"),
        Arguments.of(Mode.NONE, good, "peer=-"),
        Arguments.of(Mode.OPTIONAL, none, "peer=-"),
        Arguments.of(Mode.OPTIONAL, good, "peer=CN=good client"),
        Arguments.of(Mode.OPTIONAL, other, ""),
        Arguments.of(Mode.REQUIRED, none, ""),
        Arguments.of(Mode.REQUIRED, good, "peer=CN=good client"),
        Arguments.of(Mode.REQUIRED, other, ""));
  }

  @ParameterizedTest
  @MethodSource("clientAuth")
  void clientAuth_eachCertificate_asThePolicySays(
      Mode mode, Optional<Issued> certificate, String seen) throws Exception {
    Path ca = CA.write(directory.resolve("ca.pem"));
    ServerTls tls = open(two().with(new ClientAuth(mode, Optional.of(ca))));
    TinyQuicServer server = serve(tls);
    QuicSslContext client = TinyQuicServer.client(CA.certificate(), certificate);
    for (String name : List.of("a.example", "x.b.example", "127.0.0.1")) {
      if (seen.isEmpty()) {
        assertThrows(Exception.class, () -> server.get(client, name));
      } else {
        String line = server.get(client, name).line();
        assertTrue(line.contains(seen), line);
      }
    }
    assertEquals(seen.isEmpty() ? 0 : 3, tls.counters().quic());
    HandshakeFault fault =
        certificate.isEmpty()
            ? HandshakeFault.CLIENT_CERTIFICATE_MISSING
            : HandshakeFault.CLIENT_CERTIFICATE_REFUSED;
    assertEquals(seen.isEmpty() ? 3 : 0, tls.counters().failed(fault));
  }

  @Test
  void resumption_keysTurn_ticketOpensForTwelveHoursAtMost() throws Exception {
    TinyQuicServer server = serve(open(two()));
    QuicSslContext client = trusting(CA.certificate());
    assertTrue(server.get(client, "a.example").line().endsWith("really-resumed=false"));
    assertTrue(server.get(client, "a.example").line().endsWith("really-resumed=true"));
    test.clock.forward(TicketKeys.SEALS);
    assertTrue(server.get(client, "a.example").line().endsWith("really-resumed=true"));
    test.clock.forward(TicketKeys.SEALS.multipliedBy(2));
    assertTrue(server.get(client, "a.example").line().endsWith("really-resumed=false"));
  }

  @Test
  void reload_newCertificate_servedAndOldTicketResumesNothing() throws Exception {
    TinyQuicServer server = serve(open(two()));
    QuicSslContext client = trusting(CA.certificate());
    server.get(client, "a.example");
    assertTrue(server.get(client, "a.example").line().endsWith("really-resumed=true"));
    Issued next = CA.issue("a.example");
    next.write(directory, "a");
    assertTrue(TestTls.next(test.notes).endsWith("loaded again"));
    TinyQuicServer.Reply reply = server.get(client, "a.example");
    assertEquals(next.certificate(), reply.certificate());
    assertTrue(reply.line().endsWith("really-resumed=false"), reply.line());
  }

  @Test
  void internal_newNames_madeWhileTheHandshakeWaits() throws Exception {
    ServerTls tls = open(TestTls.internal("a.example", "*.b.example"));
    TinyQuicServer server = serve(tls);
    QuicSslContext client = trusting(authority());
    assertEquals(
        "[a.example]", Identity.namesOf(server.get(client, "a.example").certificate()).toString());
    for (int i = 0; i < 20; i++) {
      String name = "n" + i + ".b.example";
      assertEquals(
          "[" + name + "]", Identity.namesOf(server.get(client, name).certificate()).toString());
    }
    assertEquals(
        "[localhost, 127.0.0.1, ::1]",
        Identity.namesOf(server.get(client, "127.0.0.1").certificate()).toString());
    assertThrows(Exception.class, () -> server.get(client, "other.example"));
    assertEquals(22, tls.counters().quic());
    // Clients choose the names of a wildcard: those are no rows of the metrics.
    assertTrue(tls.expiries().keySet().containsAll(List.of("a.example", "::1")));
    assertFalse(tls.expiries().containsKey("n7.b.example"));
  }

  @Test
  void internal_leafIsSlow_eventLoopGoesOn() throws Exception {
    TinyQuicServer server = serve(open(TestTls.internal()));
    QuicSslContext client = trusting(authority());
    server.get(client, "warm.example");
    CountDownLatch block = new CountDownLatch(1);
    for (int i = 0; i < 20; i++) { // every worker waits
      test.runtime(Engine.JDK).workers().execute(() -> await(block));
    }
    try (ExecutorService one = Executors.newSingleThreadExecutor()) {
      Future<TinyQuicServer.Reply> slow = one.submit(() -> server.get(client, "slow.example"));
      for (int i = 0; i < 20; i++) {
        Duration late = Duration.ofNanos(-System.nanoTime());
        server.loops().submit(() -> {}).get(5, TimeUnit.SECONDS);
        assertTrue(late.plusNanos(System.nanoTime()).toMillis() < 1_000);
        assertThrows(TimeoutException.class, () -> slow.get(20, TimeUnit.MILLISECONDS));
      }
      block.countDown();
      X509Certificate seen = slow.get(20, TimeUnit.SECONDS).certificate();
      assertEquals("[slow.example]", Identity.namesOf(seen).toString());
    } finally {
      block.countDown();
    }
  }

  @Test
  void timeout_handshakeThatDoesNotEnd_closed() throws Exception {
    ServerTls tls = open(TestTls.internal().with(Duration.ofMillis(300)));
    TinyQuicServer server = serve(tls);
    QuicSslContext client = trusting(authority());
    CountDownLatch block = new CountDownLatch(1);
    try {
      for (int i = 0; i < 20; i++) { // every worker waits, and so does the handshake
        test.runtime(Engine.JDK).workers().execute(() -> await(block));
      }
      assertThrows(Exception.class, () -> server.get(client, "slow.example"));
      assertEquals(1, tls.counters().failed(HandshakeFault.TIMEOUT));
    } finally {
      block.countDown();
    }
    server.get(client, "slow.example");
    assertEquals(1, tls.counters().quic());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private X509Certificate authority() throws Failure {
    return test.tls(Engine.best(), directory).devCa().certificate();
  }
}
