package darban.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Retry;
import darban.base.Ticker;
import darban.testkit.Await;
import darban.testkit.Guard;
import darban.testkit.NameServer;
import darban.testkit.OneLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Names with several addresses, dead and living ones, allowed and forbidden ones. */
@ExtendWith(Guard.class)
class DialerTest {
  private static final String DEAD = "127.0.0.2";
  private static final String REFUSING = "127.0.0.3";
  private static final String LIVING = "127.0.0.1";

  private static final String HOSTS =
      """
      127.0.0.2 dead-first
      127.0.0.1 dead-first
      127.0.0.3 refusing-first
      127.0.0.1 refusing-first
      127.0.0.2 all-dead
      127.0.0.3 all-refusing
      127.0.0.1 living
      """;

  @TempDir Path folder;
  private final OneLoop loop = new OneLoop(Ticker.system());
  private final List<AutoCloseable> open = new ArrayList<>(List.of(loop));

  @SuppressWarnings("NullAway.Init")
  private Dialer dialer;

  @BeforeEach
  void start() throws Exception {
    Path hosts = Files.writeString(folder.resolve("hosts"), HOSTS);
    NameServer server = new NameServer();
    open.add(server);
    dialer =
        new Dialer(
            new Resolver(hosts, new SingletonDnsServerAddressStreamProvider(server.address())));
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  /** Somebody who listens on an address, at {@code port} or any. */
  private ServerSocket listening(String address, int port, int backlog) throws IOException {
    ServerSocket server = new ServerSocket(port, backlog, InetAddress.getByName(address));
    open.add(server);
    return server;
  }

  /** A port of the dead address on which connections are neither made nor refused. */
  private int deadPort() throws IOException {
    ServerSocket full = listening(DEAD, 0, 1);
    while (true) {
      Socket waiting = new Socket();
      open.add(waiting);
      try {
        waiting.connect(full.getLocalSocketAddress(), 300);
      } catch (SocketTimeoutException isFull) {
        return full.getLocalPort();
      }
    }
  }

  private InetSocketAddress dialled(String host, int port, Duration within, AddressGuard guard)
      throws Exception {
    Channel channel =
        Await.result(
            loop.on(() ->
                dialer.dial(
                    loop.loop(),
                    new Destination.Inet(host, port),
                    guard,
                    within,
                    ChannelInboundHandlerAdapter::new)));
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    channel.close().sync();
    return remote;
  }

  private Failure failed(String host, int port, Duration within, AddressGuard guard) {
    return assertThrows(Failure.class, () -> dialled(host, port, within, guard));
  }

  @Test
  void name_firstAddressIsDead_theLivingOneIsTriedAfterAQuarterOfASecond() throws Exception {
    int port = deadPort();
    listening(LIVING, port, 5);
    long start = System.nanoTime();
    InetSocketAddress to = dialled("dead-first", port, Duration.ofSeconds(10), AddressGuard.NONE);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertEquals(LIVING, to.getAddress().getHostAddress());
    assertTrue(millis >= 200 && millis < 5_000, millis + " ms");
  }

  @Test
  void name_firstAddressRefuses_theNextIsTriedAtOnce() throws Exception {
    int port = listening(LIVING, 0, 5).getLocalPort();
    InetSocketAddress to =
        dialled("refusing-first", port, Duration.ofSeconds(10), AddressGuard.NONE);
    assertEquals(LIVING, to.getAddress().getHostAddress());
  }

  @Test
  void name_allDead_failsInTime_andMayBeTriedElsewhere() throws Exception {
    Failure late = failed("all-dead", deadPort(), Duration.ofMillis(600), AddressGuard.NONE);
    assertEquals(Kind.CONNECTION_TIMEOUT, late.kind());
    assertEquals(Retry.ALWAYS, late.retry());
  }

  @Test
  void name_allRefusing_failsAtOnce_andMayBeTriedElsewhere() throws Exception {
    int port = listening(LIVING, 0, 5).getLocalPort();
    Failure refused = failed("all-refusing", port, Duration.ofSeconds(10), AddressGuard.NONE);
    assertEquals(Kind.CONNECTION_REFUSED, refused.kind());
    assertEquals(Retry.ALWAYS, refused.retry());
    assertTrue(refused.detail().contains(REFUSING), refused::detail);
  }

  @Test
  void guard_forbidsOneAddress_onlyTheOtherIsDialled() throws Exception {
    int port = listening(LIVING, 0, 5).getLocalPort();
    listening(DEAD, port, 5);
    AddressGuard guard = (address, at) -> !address.getHostAddress().equals(DEAD);
    assertEquals(
        LIVING,
        dialled("dead-first", port, Duration.ofSeconds(10), guard).getAddress().getHostAddress());
  }

  @Test
  void guard_forbidsAll_nothingIsDialled() throws Exception {
    ServerSocket server = listening(LIVING, 0, 5);
    server.setSoTimeout(300);
    int port = server.getLocalPort();
    for (String host : List.of("living", LIVING, "::ffff:127.0.0.1")) {
      Failure why = failed(host, port, Duration.ofSeconds(10), AddressGuard.publicOnly(List.of()));
      assertEquals(Kind.ADDRESS_PROHIBITED, why.kind(), host);
    }
    assertThrows(SocketTimeoutException.class, server::accept);
  }

  @Test
  void name_thatNobodyKnows_isADnsError() {
    Failure why = failed("nobody.invalid", 80, Duration.ofSeconds(10), AddressGuard.NONE);
    assertEquals(Kind.DNS_ERROR, why.kind());
    assertEquals("nobody.invalid", why.detail());
  }
}
