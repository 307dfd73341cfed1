package darban.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Certificates;
import darban.testkit.DarbanProcess;
import darban.testkit.NginxOrigin;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Certificates change under load, and nobody notices: wrk over TLS in front of nginx, while both
 * files are written anew each second. {@code -Ddarban.it.seconds=60} makes it last longer.
 */
class C11RotationIT {
  private static final int SECONDS = Integer.getInteger("darban.it.seconds", 10);
  private static final int KINDS = 4;

  /** Pools keep a chunk of 128 KiB more or less, as it happens: eight of them. */
  private static final int POOLED = 1 << 20;

  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private int rotations;

  @Test
  void certificates_rotatedUnderLoad_costNoRequestAndNoMemory() throws Exception {
    String wrk = Peers.find("wrk", "wrk");
    Certificates issuer = Certificates.in(folder.resolve("issuer"));
    for (int kind = 0; kind < KINDS; kind++) {
      issuer.issue("kind" + kind, "localhost", "127.0.0.1");
    }
    rotate(0);
    int port = Ports.free();
    try (NginxOrigin nginx =
            NginxOrigin.start(folder, "server { listen 127.0.0.1:%d; }".formatted(port), port);
        DarbanProcess darban = gateway(port)) {
      Files.writeString(nginx.www().resolve("a.txt"), "salam\n".repeat(100));
      String url = "https://127.0.0.1:" + darban.port("web") + "/a.txt";
      // What is kept for good is made by the first load: code, pools of threads and of memory.
      load(wrk, 3, url, darban);
      long descriptors = idleDescriptors(darban);
      double memory = darban.metric("darban_direct_memory_bytes", "");
      rotations = 0;
      String figures = load(wrk, SECONDS, url, darban);
      double peak = darban.metric("darban_direct_memory_bytes", "");
      System.out.printf(
          Locale.ROOT,
          "%d s, %d rotations, %s; descriptors %d, direct memory %.1f MiB, at the end %.1f MiB, %.1f"
              + " MiB resident%n",
          SECONDS,
          rotations,
          figures,
          descriptors,
          memory / (1 << 20),
          peak / (1 << 20),
          darban.program().memory("VmRSS") / (double) (1 << 20));
      Await.until(
          SOON,
          () ->
              darban.program().descriptors() <= descriptors
                  && darban.metric("darban_direct_memory_bytes", "") <= memory + POOLED,
          () ->
              "descriptors %d of %d, direct memory %.0f of %.0f"
                  .formatted(
                      darban.program().descriptors(),
                      descriptors,
                      darban.metric("darban_direct_memory_bytes", ""),
                      memory));
    }
  }

  private DarbanProcess gateway(int origin) throws Exception {
    return DarbanProcess.start(
        folder,
        """
        listeners:
          web:
            address: "127.0.0.1:0"
            tls: { certificates: [ { cert: site.pem, key: site.key } ] }
            timeouts: { idle: 5s }
        sites: { "*": { routes: [ { service: nginx } ] } }
        services: { nginx: { servers: [ "http://127.0.0.1:%d" ], timeouts: { idle: 2s } } }
        admin: { address: "127.0.0.1:0" }
        log: { access: off }
        """
            .formatted(origin),
        "-Xmx256m",
        "-XX:MaxDirectMemorySize=256m",
        "-Dio.netty.leakDetection.level=simple");
  }

  /** Sixty-four connections that stay and eight that are new for each request, for so long. */
  private String load(String wrk, int seconds, String url, DarbanProcess darban) throws Exception {
    // On a busy machine an answer may take longer than wrk's two seconds: slow is no error.
    String during = "-d" + seconds + "s";
    String[] staying = {wrk, "-t2", "-c64", during, "--timeout", "10s", "--latency", url};
    String[] changing = {
      wrk, "-t1", "-c8", during, "--timeout", "10s", "-H", "Connection: close", url
    };
    try (Program most = Program.of(staying).start();
        Program few = Program.of(changing).start()) {
      long next = System.nanoTime();
      while (most.runs() && few.runs()) {
        next += TimeUnit.SECONDS.toNanos(1);
        rotate(rotations + 1);
        awaitShown(rotations % KINDS, darban.port("web"));
        LockSupport.parkNanos(next - System.nanoTime());
      }
      return figures(most) + "; each on a new connection: " + figures(few);
    }
  }

  /** The rate and the slowest of a hundred, of a run without any error. */
  private static String figures(Program wrk) throws InterruptedException {
    int status = wrk.status();
    String told = wrk.output();
    assertTrue(status == 0, told);
    assertFalse(told.contains("Socket errors"), told);
    assertFalse(told.contains("Non-2xx"), told);
    Matcher rate = Pattern.compile("Requests/sec: +(\\S+)").matcher(told);
    assertTrue(rate.find() && Double.parseDouble(rate.group(1)) > 1, told);
    Matcher slow = Pattern.compile("99% +(\\S+)").matcher(told);
    return rate.group(1) + " requests/s" + (slow.find() ? ", 99% in " + slow.group(1) : "");
  }

  /** Writes both files, one after the other, as one would by hand. */
  private void rotate(int to) throws IOException {
    rotations = to;
    Path kind = folder.resolve("issuer/kind" + to % KINDS);
    Files.write(folder.resolve("site.key"), Files.readAllBytes(Path.of(kind + "-key.pem")));
    Files.write(folder.resolve("site.pem"), Files.readAllBytes(Path.of(kind + ".pem")));
  }

  private void awaitShown(int kind, int port) throws Exception {
    BigInteger wanted = serial(folder.resolve("issuer/kind" + kind + ".pem"));
    Await.until(
        SOON,
        () -> Certificates.shown("localhost", port).getSerialNumber().equals(wanted),
        () -> "certificate " + kind + " is not shown");
  }

  private static BigInteger serial(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return ((X509Certificate) factory.generateCertificate(in)).getSerialNumber();
    }
  }

  /** How many descriptors there are once all connections of a load are gone. */
  private static long idleDescriptors(DarbanProcess darban) throws Exception {
    Await.until(
        SOON,
        () -> darban.metric("darban_connections_open", "listener=\"web\"") == 0,
        () -> "connections stay");
    long[] last = {-1, 0};
    Await.until(
        SOON,
        () -> {
          long now = darban.program().descriptors();
          last[1] = now == last[0] ? last[1] + 1 : 0;
          last[0] = now;
          // The same for three seconds: the origin's connections have had their time.
          return last[1] > 300;
        },
        () -> "descriptors change still");
    return last[0];
  }
}
