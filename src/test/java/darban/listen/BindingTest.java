package darban.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Ticker;
import darban.testkit.Await;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import io.netty.channel.Channel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sockets that are taken, left behind, handed over. */
@ExtendWith(Guard.class)
class BindingTest {
  @TempDir Path folder;
  private final OneLoop one = new OneLoop(Ticker.system());
  private final OneLoop two = new OneLoop(Ticker.system());
  private final BlockingQueue<String> accepted = new LinkedBlockingQueue<>();

  @AfterEach
  void end() {
    one.close();
    two.close();
  }

  private Binding bind(SocketAddress address, boolean shared) throws Exception {
    return Await.result(Binding.bind(List.of(one.loop(), two.loop()), address, shared));
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private void take(String who, Channel channel) {
    accepted.add(who);
    channel.close();
  }

  private String next() throws InterruptedException {
    return String.valueOf(accepted.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void bound_clientsWaitUntilItIsOpen_andWhoIsThereThenTakesThem() throws Exception {
    Binding binding = bind(loopback(0), false);
    try (Socket early = new Socket()) {
      early.connect(binding.address());
      assertEquals(null, accepted.poll(100, TimeUnit.MILLISECONDS));
      binding.open((loop, channel) -> take("first", channel));
      assertEquals("first", next());
      binding.open((loop, channel) -> take("second", channel));
      new Socket(InetAddress.getLoopbackAddress(), port(binding)).close();
      assertEquals("second", next());
    }
    Await.result(binding.close());
    assertThrows(
        IOException.class, () -> new Socket(InetAddress.getLoopbackAddress(), port(binding)));
  }

  private static int port(Binding binding) {
    return ((InetSocketAddress) binding.address()).getPort();
  }

  @Test
  void port_ofAnotherProcess_isTaken_alsoWhereSheWouldShare() throws Exception {
    try (ServerSocket other = new ServerSocket()) {
      other.setOption(java.net.StandardSocketOptions.SO_REUSEPORT, true);
      other.bind(loopback(0));
      Failure why = assertThrows(Failure.class, () -> bind(loopback(other.getLocalPort()), false));
      assertEquals(
          "cannot listen on 127.0.0.1:" + other.getLocalPort() + ": Address already in use",
          why.message());
    }
  }

  @Test
  void unixSocket_leftBehind_isTakenOver_inUse_isNot() throws Exception {
    Path socket = folder.resolve("run/a.sock");
    Files.createDirectories(socket.getParent());
    ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    other.bind(UnixDomainSocketAddress.of(socket));
    DomainSocketAddress address = new DomainSocketAddress(socket.toString());
    Failure why = assertThrows(Failure.class, () -> bind(address, false));
    assertTrue(why.message().startsWith("cannot listen on unix:" + socket + ": Address already"));
    other.close();
    Binding binding = bind(address, false);
    assertEquals("unix:" + socket, Binding.show(binding.address()));
    Await.result(binding.close());
    assertEquals(false, Files.exists(socket));
  }

  @Test
  void unixSocket_whereAFileIs_leavesItAlone() throws Exception {
    Path file = Files.writeString(folder.resolve("data"), "dear");
    Failure why =
        assertThrows(Failure.class, () -> bind(new DomainSocketAddress(file.toString()), false));
    assertTrue(why.message().contains("no socket"), why::message);
    assertEquals("dear", Files.readString(file));
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 80, '[::]:80'",
    "::, 80, '[::]:80'",
    "127.0.0.1, 8080, 127.0.0.1:8080",
    "::1, 443, '[::1]:443'",
  })
  void show_asTheConfigurationWouldWriteIt(String host, int port, String shown) throws Exception {
    assertEquals(shown, Binding.show(new InetSocketAddress(InetAddress.getByName(host), port)));
  }
}
