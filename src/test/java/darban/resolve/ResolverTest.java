package darban.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.testkit.Await;
import darban.testkit.Guard;
import darban.testkit.NameServer;
import darban.testkit.OneLoop;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(Guard.class)
class ResolverTest {
  @TempDir Path folder;
  private final OneLoop loop = new OneLoop(Ticker.system());

  @SuppressWarnings("NullAway.Init")
  private NameServer server;

  @BeforeEach
  void start() throws Exception {
    server = new NameServer();
  }

  @AfterEach
  void end() throws Exception {
    loop.close();
    server.close();
  }

  private Resolver resolver() {
    return new Resolver(
        folder.resolve("hosts"), new SingletonDnsServerAddressStreamProvider(server.address()));
  }

  private String resolved(Resolver resolver, String host) throws Exception {
    return written(Await.result(loop.on(() -> resolver.resolve(loop.loop(), host))));
  }

  private static String written(List<InetAddress> addresses) {
    return addresses.stream()
        .map(each -> each.getHostAddress().replace("0:0:0:0:0:0:0:", "::"))
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "1.1.1.1, 1.1.1.1",
    "1.1.1.1 2.2.2.2, 1.1.1.1 2.2.2.2",
    "1.1.1.1 ::1, ::1 1.1.1.1",
    "1.1.1.1 2.2.2.2 ::1, ::1 1.1.1.1 2.2.2.2",
    "::1 ::2 ::3 1.1.1.1, ::1 1.1.1.1 ::2 ::3",
  })
  void interleaved_oneFamilyAfterTheOther_sixFirst(String found, String tried) {
    List<InetAddress> addresses =
        Stream.of(found.split(" ")).filter(each -> !each.isEmpty()).map(ResolverTest::of).toList();
    assertEquals(tried, written(Resolver.interleaved(addresses)));
  }

  private static InetAddress of(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  @Test
  void name_ofBothFamilies_hasAllItsAddresses() throws Exception {
    server.record("both.example", "192.0.2.1", "192.0.2.2", "::1");
    assertEquals("::1 192.0.2.1 192.0.2.2", resolved(resolver(), "both.example"));
  }

  @ParameterizedTest
  @CsvSource({"four.example, 192.0.2.1", "six.example, ::1"})
  void name_ofOneFamily_isFoundAgainFromMemory(String host, String address) throws Exception {
    server.record(host, address);
    Resolver resolver = resolver();
    assertEquals(address, resolved(resolver, host));
    // That it has none of the other is remembered too.
    assertEquals(address, resolved(resolver, host));
    assertEquals(2, server.asked());
  }

  @Test
  void name_whoseOtherFamilyIsNotAnswered_doesNotWaitForIt() throws Exception {
    server.record("four.example", "192.0.2.1");
    CountDownLatch word = server.hold("four.example", NameServer.AAAA);
    assertEquals("192.0.2.1", resolved(resolver(), "four.example"));
    word.countDown();
  }

  @Test
  void name_thatDoesNotExist_isAnError() throws Exception {
    Resolver resolver = resolver();
    Failure why = assertThrows(Failure.class, () -> resolved(resolver, "none.example"));
    assertEquals(Kind.DNS_ERROR, why.kind());
    assertEquals("none.example", why.detail());
  }

  @Test
  void server_thatIsSilent_isTooLate() throws Exception {
    CountDownLatch four = server.hold("slow.example", NameServer.A);
    CountDownLatch six = server.hold("slow.example", NameServer.AAAA);
    Resolver resolver = resolver();
    Failure why = assertThrows(Failure.class, () -> resolved(resolver, "slow.example"));
    assertEquals(Kind.DNS_TIMEOUT, why.kind());
    four.countDown();
    six.countDown();
  }

  @Test
  void hostsFile_hasAllItsAddresses_andTheServersAreNotAsked() throws Exception {
    Files.writeString(folder.resolve("hosts"), "127.0.0.1 here\n::1 Here\n127.0.0.2 here\n");
    assertEquals("::1 127.0.0.1 127.0.0.2", resolved(resolver(), "HERE"));
    assertEquals(0, server.asked());
  }

  @Test
  void hostsFile_changed_isReadAgain() throws Exception {
    Path file = Files.writeString(folder.resolve("hosts"), "127.0.0.1 here\n");
    HostsFile hosts = new HostsFile(file);
    assertEquals("127.0.0.1", written(hosts.addresses("here", 0)));
    Files.writeString(file, "127.0.0.2 here\n");
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    assertEquals("127.0.0.1", written(hosts.addresses("here", TimeUnit.SECONDS.toNanos(4))));
    assertEquals("127.0.0.2", written(hosts.addresses("here", TimeUnit.SECONDS.toNanos(6))));
    Files.delete(file);
    assertEquals("", written(hosts.addresses("here", TimeUnit.SECONDS.toNanos(12))));
  }

  @Test
  void literals_areWhatTheySay() throws Exception {
    assertEquals("127.0.0.1", resolved(resolver(), "127.0.0.1"));
    assertEquals("::1", resolved(resolver(), "::1"));
    assertEquals(0, server.asked());
  }
}
