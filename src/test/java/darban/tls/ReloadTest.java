package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.tls.ServerTlsSettings.ClientAuth;
import darban.tls.ServerTlsSettings.ClientAuth.Mode;
import darban.tls.TestAuthority.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Certificates change under a listener that is being used. */
@ExtendWith(LeakWatch.class)
class ReloadTest {
  private static final TestAuthority CA = new TestAuthority("reload test");

  @TempDir Path directory;
  private final TestTls test = new TestTls();
  private final List<AutoCloseable> open = new ArrayList<>();
  private KeyFiles files;

  @BeforeEach
  void write() throws IOException {
    files = CA.issue("a.example").write(directory, "a");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    test.close();
  }

  private ServerTls open(Engine engine, ServerTlsSettings settings) {
    TlsRuntime runtime = test.runtime(engine, Duration.ofMillis(500));
    ServerTls tls = new Tls(runtime, directory).server(settings);
    open.add(tls);
    return tls;
  }

  private int serve(ServerTls tls) {
    TinyServer server = new TinyServer(tls);
    open.add(server);
    return server.port();
  }

  /** Writes aside and renames, one file after the other, as certbot does. */
  private void replace(Issued next) throws IOException {
    KeyFiles aside = next.write(directory, "next");
    Files.move(aside.keyFile(), files.keyFile(), StandardCopyOption.ATOMIC_MOVE);
    Files.move(aside.certificate(), files.certificate(), StandardCopyOption.ATOMIC_MOVE);
  }

  private static Duration untilServed(Issued next, int port) throws IOException {
    Instant start = Instant.now();
    TestClient client = new TestClient(CA.certificate());
    while (!client.get(port, "a.example").certificate().equals(next.certificate())) {
      assertTrue(Instant.now().isBefore(start.plusSeconds(10)), "never served");
    }
    return Duration.between(start, Instant.now());
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void reload_underALoopOfHandshakes_noneFailsAndNewOneWithinASecond(Engine engine)
      throws Exception {
    ServerTls tls = open(engine, TestTls.settings(files));
    int port = serve(tls);
    AtomicBoolean stop = new AtomicBoolean();
    List<Future<Integer>> loops = new ArrayList<>();
    List<Duration> waits = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(3)) {
      for (int i = 0; i < 3; i++) {
        loops.add(clients.submit(() -> handshakes(port, stop)));
      }
      for (int i = 0; i < 5; i++) {
        Issued next = CA.issue("a.example");
        replace(next);
        waits.add(untilServed(next, port));
      }
      Duration median = waits.stream().sorted().toList().get(2);
      assertTrue(median.compareTo(Duration.ofSeconds(1)) < 0, waits::toString);
      stop.set(true);
      int done = 0;
      for (Future<Integer> loop : loops) {
        done += loop.get(); // throws what a client met
      }
      assertTrue(done > 20, "too few handshakes to tell: " + done);
    } finally {
      stop.set(true);
    }
    for (HandshakeFault fault : HandshakeFault.values()) {
      assertEquals(0, tls.counters().failed(fault), fault::toString);
    }
  }

  private static int handshakes(int port, AtomicBoolean stop) throws IOException {
    int done = 0;
    while (!stop.get()) {
      new TestClient(CA.certificate()).get(port, "a.example");
      done++;
    }
    return done;
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void reload_brokenFile_oldOneStaysAndNewOneComes(Engine engine) throws Exception {
    ServerTls tls = open(engine, TestTls.settings(files));
    int port = serve(tls);
    TestClient client = new TestClient(CA.certificate());
    var before = client.get(port, "a.example").certificate();
    Files.writeString(files.certificate(), "-----BEGIN CERTIFICATE-----\nnonsense\n");
    String warning = TestTls.next(test.warnings);
    assertTrue(warning.contains("stays in force"), warning);
    assertTrue(warning.contains("a.pem: a certificate in it cannot be read"), warning);
    assertEquals(before, client.get(port, "a.example").certificate());
    Issued next = CA.issue("a.example");
    replace(next);
    untilServed(next, port);
    assertEquals(1, test.allWarnings.size(), test.allWarnings::toString);
    assertEquals(next.certificate().getNotAfter().toInstant(), tls.expiries().get("a.example"));
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void reload_newCertificate_oldTicketResumesNothing(Engine engine) throws Exception {
    int port = serve(open(engine, TestTls.settings(files)));
    TestClient client = new TestClient(CA.certificate());
    client.get(port, "a.example");
    assertTrue(client.get(port, "a.example").line().contains("resumed=true"));
    Issued next = CA.issue("a.example");
    replace(next);
    untilServed(next, port);
    assertTrue(client.get(port, "a.example").line().contains("resumed=false"));
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void reload_otherClientCa_oldClientsAreRefusedEvenWithATicket(Engine engine) throws Exception {
    Path issuers = CA.write(directory.resolve("clients.pem"));
    ClientAuth required = new ClientAuth(Mode.REQUIRED, Optional.of(issuers));
    int port = serve(open(engine, TestTls.settings(files).with(required)));
    TestClient old = new TestClient(CA.certificate(), Optional.of(CA.issue("old client")));
    old.get(port, "a.example");
    assertTrue(old.get(port, "a.example").line().contains("resumed=true"));
    TestAuthority others = new TestAuthority("other clients");
    others.write(issuers);
    assertTrue(TestTls.next(test.notes).endsWith("loaded again"));
    assertThrows(IOException.class, () -> old.get(port, "a.example"));
    TestClient next = new TestClient(CA.certificate(), Optional.of(others.issue("new client")));
    assertTrue(next.get(port, "a.example").line().contains("peer=CN=new client"));
  }
}
