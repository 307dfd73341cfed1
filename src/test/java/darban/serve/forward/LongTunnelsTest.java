package darban.serve.forward;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tunnels that outlive a short exchange: the kernel joins their sockets. */
@ExtendWith(Guard.class)
@Timeout(60)
class LongTunnelsTest {
  private static final int PIECE = 50_000;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable Bench bench;
  private ServerSocket server;

  @BeforeEach
  void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { forward: { address: "127.0.0.1:0", mode: forward } }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            forward: { private-addresses: allow }
            log: { access: off }
            """);
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    threads.close();
    if (bench != null) {
      bench.close();
    }
  }

  /** Both ends of a tunnel. */
  private record Tunnel(Socket client, Socket origin) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      client.close();
      origin.close();
    }
  }

  private Tunnel tunnel() throws Exception {
    Socket client =
        new Socket(
            InetAddress.getLoopbackAddress(), requireNonNull(bench).gateway().port("forward"));
    String to = "127.0.0.1:" + server.getLocalPort();
    client
        .getOutputStream()
        .write(
            ("CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    Socket origin = server.accept();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) client.getInputStream().read());
    }
    assertTrue(head.toString().startsWith("HTTP/1.1 200 "), head::toString);
    return new Tunnel(client, origin);
  }

  private static byte[] piece(Random random) {
    byte[] piece = new byte[1 + random.nextInt(PIECE)];
    random.nextBytes(piece);
    return piece;
  }

  /** Sends so many bytes, counting them, and then ends that direction; their sum. */
  private static long send(Socket to, long length, long seed, AtomicLong sent) throws IOException {
    Random random = new Random(seed);
    CRC32C sum = new CRC32C();
    OutputStream out = to.getOutputStream();
    while (sent.get() < length) {
      byte[] piece = piece(random);
      int n = (int) Math.min(piece.length, length - sent.get());
      out.write(piece, 0, n);
      sum.update(piece, 0, n);
      sent.addAndGet(n);
    }
    to.shutdownOutput();
    return sum.getValue();
  }

  /** The sum of all that comes, to its end in order. */
  private static long receive(Socket from) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] bytes = new byte[PIECE];
    InputStream in = from.getInputStream();
    for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
      sum.update(bytes, 0, n);
    }
    return sum.getValue();
  }

  private Future<Long> sending(Socket to, long length, long seed) {
    return threads.submit(() -> send(to, length, seed, new AtomicLong()));
  }

  private Future<Long> receiving(Socket from) {
    return threads.submit(() -> receive(from));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 0",
    "0, 1",
    "65535, 0",
    "65536, 1",
    "1, 65537",
    "300000, 300000",
    "20000000, 0",
    "0, 20000000",
    "20000000, 20000000",
    "20000000, 70000"
  })
  void bytesBothWays_eachEndedInOrder_areTheSame(long up, long down) throws Exception {
    try (Tunnel tunnel = tunnel()) {
      Future<Long> sentUp = sending(tunnel.client(), up, 1);
      Future<Long> sentDown = sending(tunnel.origin(), down, 2);
      Future<Long> gotUp = receiving(tunnel.origin());
      Future<Long> gotDown = receiving(tunnel.client());
      assertEquals(sentUp.get(), gotUp.get());
      assertEquals(sentDown.get(), gotDown.get());
    }
    for (String[] way : new String[][] {{"in", Long.toString(up)}, {"out", Long.toString(down)}}) {
      String line = "direction=\"" + way[0] + "\",kind=\"connect\"} ";
      Await.until(
          Duration.ofSeconds(10),
          () ->
              requireNonNull(bench).gateway().metrics().contains(line + Double.parseDouble(way[1])),
          () -> requireNonNull(bench).gateway().metrics());
    }
  }

  /** Some end while their channels leave the event loop, with bytes that were just read. */
  @Test
  void bytes_ofJustTheLengthAtWhichTheKernelTakesOver_areTheSame() throws Exception {
    Random random = new Random(5);
    for (int i = 0; i < 150; i++) {
      long up = random.nextLong(60_000, 140_000);
      long down = random.nextLong(140_000);
      try (Tunnel tunnel = tunnel()) {
        Future<Long> sentUp = sending(tunnel.client(), up, i);
        Future<Long> sentDown = sending(tunnel.origin(), down, -i);
        Future<Long> gotUp = receiving(tunnel.origin());
        assertEquals(sentDown.get(), receive(tunnel.client()), up + " up, " + down + " down");
        assertEquals(sentUp.get(), gotUp.get(), up + " up, " + down + " down");
      }
    }
  }

  @Test
  void direction_endedLongBefore_leavesTheOtherOpen() throws Exception {
    try (Tunnel tunnel = tunnel()) {
      long sent = send(tunnel.client(), 2_000_000, 3, new AtomicLong());
      assertEquals(sent, receive(tunnel.origin()));
      for (int i = 0; i < 3; i++) {
        tunnel.origin().getOutputStream().write('a' + i);
        assertEquals('a' + i, tunnel.client().getInputStream().read());
      }
    }
  }

  @Test
  void directionOfTheOrigin_endedBeforeAll_leavesTheOtherAllRoom() throws Exception {
    try (Tunnel tunnel = tunnel()) {
      tunnel.origin().shutdownOutput();
      assertEquals(-1, tunnel.client().getInputStream().read());
      AtomicLong sent = new AtomicLong();
      Future<Long> sentUp = threads.submit(() -> send(tunnel.client(), 40_000_000, 8, sent));
      // The origin reads nothing before much of it waits.
      Await.until(Duration.ofSeconds(10), () -> sent.get() > 5_000_000, sent::toString);
      assertEquals(receive(tunnel.origin()), sentUp.get());
    }
  }

  @Test
  void oneWayStandsStill_theOtherGoesOn() throws Exception {
    try (Tunnel tunnel = tunnel()) {
      Future<Long> sentDown = sending(tunnel.origin(), 40_000_000, 6);
      Future<Long> gotUp = receiving(tunnel.origin());
      // The client reads nothing before all of its own is out.
      long sentUp = send(tunnel.client(), 40_000_000, 7, new AtomicLong());
      assertEquals(sentUp, gotUp.get());
      long gotDown = receive(tunnel.client());
      assertEquals(sentDown.get(), gotDown);
    }
  }

  @Test
  void receiver_thatTakesNothing_holdsTheSenderBack_withLittleInBetween() throws Exception {
    long pipes = pipes();
    try (Tunnel tunnel = tunnel()) {
      AtomicLong sent = new AtomicLong();
      Future<Long> sum = threads.submit(() -> send(tunnel.client(), 100_000_000, 4, sent));
      long[] before = {-1};
      // Nothing more goes out for a second.
      Await.until(
          Duration.ofSeconds(30),
          () -> {
            long now = sent.get();
            boolean still = now == before[0];
            before[0] = now;
            TimeUnit.SECONDS.sleep(1);
            return still;
          },
          () -> sent + " bytes went out");
      assertTrue(sent.get() < 50_000_000, sent::toString);
      assertTrue(pipes() > pipes, "it was the kernel that joined them");
      assertEquals(receive(tunnel.origin()), sum.get());
    }
  }

  @ParameterizedTest
  @CsvSource({"1000, true", "1000, false", "5000000, true", "5000000, false"})
  void reset_ofOneEnd_isAResetForTheOther(int before, boolean ofOrigin) throws Exception {
    try (Tunnel tunnel = tunnel()) {
      Future<?> sent =
          threads.submit(() -> {
            tunnel.client().getOutputStream().write(new byte[before]);
            return null;
          });
      tunnel.origin().getInputStream().readNBytes(before);
      sent.get();
      Socket resets = ofOrigin ? tunnel.origin() : tunnel.client();
      Socket other = ofOrigin ? tunnel.client() : tunnel.origin();
      resets.setSoLinger(true, 0);
      resets.close();
      assertThrows(
          SocketException.class,
          () -> {
            if (other.getInputStream().read() < 0) {
              throw new EOFException("a clean end");
            }
          });
    }
  }

  @Test
  void gateway_stops_tunnelsEnd() throws Exception {
    try (Tunnel tunnel = tunnel()) {
      Future<?> sent =
          threads.submit(() -> {
            tunnel.client().getOutputStream().write(new byte[1_000_000]);
            return null;
          });
      tunnel.origin().getInputStream().readNBytes(1_000_000);
      sent.get();
      requireNonNull(bench).close();
      bench = null;
      assertThrows(SocketException.class, () -> receive(tunnel.client()));
      assertThrows(SocketException.class, () -> receive(tunnel.origin()));
    }
  }

  private static long pipes() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(LongTunnelsTest::isPipe).count();
    }
  }

  private static boolean isPipe(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }
}
