package darban.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import darban.flow.Transport;
import darban.testkit.Await;
import darban.testkit.Curl;
import darban.testkit.DarbanProcess;
import darban.testkit.Peers;
import darban.testkit.Program;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A Darban by io_uring: clients of all versions, files, tunnels, a reload, an end in order. The
 * whole suite runs by it with {@code -Ddarban.it.transport=io_uring}.
 */
@Timeout(60)
class C24UringIT {
  /** Neither an int nor 32 bits count so far. */
  private static final long FAR = 5L << 30;

  @TempDir static Path folder;
  private static DarbanProcess darban;

  @BeforeAll
  static void start() throws Exception {
    Transport.IO_URING.refusal().ifPresent(why -> abort("no io_uring here: " + why));
    Path files = Files.createDirectories(folder.resolve("files"));
    byte[] noise = new byte[20_000_000];
    new Random(1).nextBytes(noise);
    Files.write(files.resolve("noise"), noise);
    Files.writeString(files.resolve("small"), "salam");
    try (RandomAccessFile sparse = new RandomAccessFile(files.resolve("far").toFile(), "rw")) {
      sparse.seek(FAR);
      sparse.write("far away".getBytes(StandardCharsets.US_ASCII));
    }
    darban = DarbanProcess.start(folder, yaml("before"));
  }

  @AfterAll
  static void end() throws Exception {
    if (darban != null) {
      assertEquals(0, darban.stop());
      darban.close();
    }
  }

  private static String yaml(String word) {
    return """
    transport: io_uring
    listeners:
      web: { address: "127.0.0.1:0", protocols: [h1, h2, h3], tls: internal }
      clear: { address: "127.0.0.1:0" }
      proxy: { address: "127.0.0.1:0", mode: forward }
    sites:
      "*":
        routes:
          - { match: { path: "/word" }, respond: { body: "%s" } }
          - { files: { root: files } }
    forward: { private-addresses: allow }
    admin: { address: "127.0.0.1:0" }
    log: { access: off }
    """
        .formatted(word);
  }

  private static String clear(String path) throws Exception {
    return "http://127.0.0.1:" + darban.port("clear") + path;
  }

  private static Curl.Answer curl(String url, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add(url);
    return Curl.get(folder, arguments);
  }

  @Test
  void status_tellsTheTransport() throws Exception {
    assertEquals("io_uring", new JsonObject(darban.admin("/status")).getString("transport"));
  }

  @Test
  void clients_ofEachVersion_areServed() throws Exception {
    String port = Integer.toString(darban.port("web"));
    String url = "https://localhost:" + port + "/small";
    String[] ours = {"--cacert", "certs/ca.pem", "--connect-to", "::127.0.0.1:" + port};
    assertEquals("2 200 5", curl(url, ours).facts());
    assertEquals("1.1 200 5", curl(url, ours[0], ours[1], ours[2], ours[3], "--http1.1").facts());
    String client = Peers.find("gtlsclient", "ngtcp2-client");
    String got = "--download=" + folder;
    String far = url.replace("small", "noise");
    Program.of(client, "-q", "--exit-on-all-streams-close", got, "127.0.0.1", port, far)
        .run()
        .good();
    assertEquals(-1, Files.mismatch(folder.resolve("noise"), folder.resolve("files/noise")));
  }

  private static void downloadsNoise(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(Peers.find("curl", "curl"), "-q", "-sSf"));
    command.addAll(List.of("--max-time", "30", "-o", "got", clear("/noise")));
    command.addAll(List.of(options));
    Program.of(command).in(folder).run().good();
    assertEquals(-1, Files.mismatch(folder.resolve("got"), folder.resolve("files/noise")));
  }

  @Test
  void file_whole_andFarBeyondWhatAnIntCounts() throws Exception {
    downloadsNoise();
    assertEquals("far away", curl(clear("/far"), "-r", FAR + "-").body());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tunnel_halfClosed_carriesTheOtherHalf(boolean socks) throws Exception {
    byte[] bytes = new byte[3_000_000];
    new Random(2).nextBytes(bytes);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), darban.port("proxy"))) {
      Future<byte[]> seen =
          threads.submit(() -> {
            try (Socket origin = server.accept()) {
              byte[] all = origin.getInputStream().readAllBytes();
              origin.getOutputStream().write(all);
              return all;
            }
          });
      if (socks) {
        socks(client, server.getLocalPort());
      } else {
        connect(client, server.getLocalPort());
      }
      client.getOutputStream().write(bytes);
      client.shutdownOutput();
      assertArrayEquals(bytes, client.getInputStream().readAllBytes());
      assertArrayEquals(bytes, seen.get());
    }
  }

  private static void connect(Socket client, int port) throws IOException {
    String to = "127.0.0.1:" + port;
    String head = "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n\r\n";
    client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      answer.append((char) client.getInputStream().read());
    }
    assertTrue(answer.toString().startsWith("HTTP/1.1 200 "), answer::toString);
  }

  private static void socks(Socket client, int port) throws IOException {
    client.getOutputStream().write(new byte[] {5, 1, 0});
    assertArrayEquals(new byte[] {5, 0}, client.getInputStream().readNBytes(2));
    byte[] to = {5, 1, 0, 1, 127, 0, 0, 1, (byte) (port >> 8), (byte) port};
    client.getOutputStream().write(to);
    assertEquals(0, client.getInputStream().readNBytes(10)[1]);
  }

  @Test
  void reload_keepsThePort() throws Exception {
    assertEquals("before", curl(clear("/word")).body());
    Files.writeString(folder.resolve("darban.yaml"), yaml("after"));
    darban.program().signal("HUP");
    Await.until(
        Duration.ofSeconds(10),
        () -> "after".equals(curl(clear("/word")).body()),
        () -> "as before");
    Files.writeString(folder.resolve("darban.yaml"), yaml("before"));
    darban.program().signal("HUP");
    Await.until(
        Duration.ofSeconds(10), () -> "before".equals(curl(clear("/word")).body()), () -> "stays");
  }

  @Test
  void configuration_thatCannotBe_isToldWhere() throws Exception {
    Path file = Files.writeString(folder.resolve("wrong.yaml"), yaml("x"));
    List<String> none = List.of("-Dio.netty.transport.noNative=true");
    String told = validated(file, none);
    assertTrue(told.contains("wrong.yaml:1:12: `io_uring` cannot be had here: "), told);
    Files.writeString(
        file,
        yaml("x").replace("clear: { address: \"127.0.0.1:0\"", "clear: { address: \"unix:a\""));
    told = validated(file, List.of());
    assertTrue(told.contains("wrong.yaml:4:21: clients of a unix socket "), told);
  }

  private static String validated(Path file, List<String> flags) throws Exception {
    Program.Result result =
        Program.of(DarbanProcess.command(folder, flags, "validate", "-c", file.toString()))
            .in(folder)
            .run();
    assertEquals(1, result.status(), result::toString);
    return result.err();
  }
}
