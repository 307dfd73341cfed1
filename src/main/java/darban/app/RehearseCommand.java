package darban.app;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.tls.DevCa;
import darban.tls.Engine;
import darban.tls.TlsRuntime;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code darban rehearse}: the short life of a gateway on ports of its own, for the JVM to learn
 * from: it leaves behind what a start needs, classes ready made and methods known to be hot (JEP
 * 483, 514, 515). The gateway is a process of its own, started as users start it, so that it learns
 * no more and no less than that; this one is its client.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Serves itself for some seconds, for the JVM's ahead-of-time cache.",
    mixinStandardHelpOptions = true)
final class RehearseCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** How often the film of a quarter of a minute is shown in one. */
  private static final int AN_HOUR = 225;

  private static final String CONFIGURATION =
      """
      listeners:
        web: { address: "127.0.0.1:0", protocols: [h1, h2, h3], tls: internal }
        files:
          address: "127.0.0.1:0"
          tls: { certificates: [ { cert: "FOLDER/ca.pem", key: "FOLDER/ca-key.pem" } ] }
        plain: { address: "127.0.0.1:0" }
        proxy: { address: "127.0.0.1:0", mode: forward }
      sites:
        "*":
          routes:
            - { match: { path: "/passed/*" }, service: demo, cache: off }
            - { match: { path: "/file/*" }, files: { root: "FOLDER" } }
            - { match: { path: "/films/*" }, media: films }
            - { match: { path: "/far/*" }, media: far }
            - { service: demo, cache: { default-ttl: 1h } }
      services: { demo: { servers: [ "http://127.0.0.1:PORT" ] } }
      demo: { address: "127.0.0.1:PORT" }
      media:
        films: { root: "FOLDER/films" }
        far: { root: "http://127.0.0.1:PORT/" }
      cache: { memory: 16MB, disk: { path: "FOLDER/cache", size: 64MB } }
      forward: { private-addresses: allow }
      admin: { address: "127.0.0.1:0" }
      log: { access: { file: "FOLDER/access.log" } }
      """;

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      defaultValue = "8",
      description = "How long (default: ${DEFAULT-VALUE})")
  int seconds;

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("darban-rehearsal");
    try {
      return rehearse(folder);
    } finally {
      deleted(folder);
    }
  }

  private int rehearse(Path folder) throws Exception {
    Files.writeString(folder.resolve("text"), "salam\n".repeat(1000));
    try (InputStream film = Main.class.getResourceAsStream("/darban/demo/clock.mp4")) {
      byte[] clock = Objects.requireNonNull(film).readAllBytes();
      Files.createDirectory(folder.resolve("films"));
      Files.write(folder.resolve("films/clock.mp4"), clock);
      Files.write(folder.resolve("films/hour.mp4"), LongFilm.of(clock, AN_HOUR));
    }
    makeAuthority(folder);
    int demo = freePort();
    Process gateway = started(folder, demo);
    try {
      ask(folder, demo, addresses(gateway));
      // It writes down what it learnt once it has ended. By its handle, since the process would no
      // longer let its output be read.
      gateway.toHandle().destroy();
      if (!gateway.waitFor(PATIENCE)) {
        throw Failure.of(Kind.INTERNAL, "the gateway did not end in " + PATIENCE);
      }
      gateway.inputReader().lines().forEach(System.err::println);
      return gateway.exitValue();
    } finally {
      gateway.destroyForcibly();
    }
  }

  /** Before the gateway starts, which finds it then: it is a certificate of a file as well. */
  private static void makeAuthority(Path folder) {
    Vertx vertx = Vertx.vertx();
    try {
      DevCa.open(
          folder,
          new TlsRuntime(
              vertx,
              Engine.JDK,
              Ticker.system(),
              new SecureRandom(),
              Gateway.FILE_POLL,
              new Gateway.LoggedTls()));
    } finally {
      vertx.close();
    }
  }

  /** The launcher knows by DARBAN_REHEARSAL where the cache lies, and that it is to be made. */
  private static Process started(Path folder, int demo) throws IOException {
    Path configuration = folder.resolve("darban.yaml");
    Files.writeString(
        configuration,
        CONFIGURATION.replace("FOLDER", folder.toString()).replace("PORT", Integer.toString(demo)));
    ProcessBuilder command =
        new ProcessBuilder(
            Main.home().resolve("darban").toString(), "run", "--config", configuration.toString());
    command.environment().put("DARBAN_REHEARSAL", "yes");
    command.environment().put("DARBAN_CERTS", folder.toString());
    return command.redirectErrorStream(true).start();
  }

  /** Where it listens, by name: it tells before it is ready. */
  private static Map<String, String> addresses(Process gateway) throws IOException {
    Map<String, String> found = new HashMap<>();
    List<String> told = new ArrayList<>();
    BufferedReader lines = gateway.inputReader();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("ready")) {
        return found;
      }
      told.add(line);
      String[] words = line.split(" ", 3);
      if (words.length == 3 && words[0].equals("listening")) {
        found.put(words[1], words[2]);
      }
    }
    throw Failure.of(Kind.INTERNAL, "the gateway did not start: " + String.join("; ", told));
  }

  private void ask(Path folder, int demo, Map<String, String> addresses) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try (HttpClient direct = client(folder, null);
        HttpClient proxied = client(folder, addresses.get("proxy"))) {
      while (System.nanoTime() < end) {
        ask(direct, "http://" + addresses.get("plain"));
        watch(direct, "http://" + addresses.get("plain"), folder.resolve("films"));
        ask(direct, "https://" + addresses.get("web"));
        get(proxied, "http://127.0.0.1:" + demo + "/headers");
        get(direct, "http://" + addresses.get("admin") + "/metrics");
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  /** A client that trusts the gateway's own CA; {@code proxy} is an address or null. */
  private static HttpClient client(Path folder, @Nullable String proxy)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream ca = Files.newInputStream(folder.resolve("ca.pem"))) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(ca));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    HttpClient.Builder client = HttpClient.newBuilder().sslContext(tls);
    if (proxy != null) {
      int colon = proxy.lastIndexOf(':');
      client.proxy(
          ProxySelector.of(
              new InetSocketAddress(
                  proxy.substring(0, colon), Integer.parseInt(proxy.substring(colon + 1)))));
    }
    return client.build();
  }

  /** What browsers ask for in the main: pages, again and again, files, parts, uploads. */
  private static void ask(HttpClient client, String base) throws IOException, InterruptedException {
    get(client, base + "/headers?" + System.nanoTime()); // is stored, as nobody asked for it before
    for (int i = 0; i < 20; i++) {
      get(client, base + "/headers");
      get(client, base + "/passed/headers");
    }
    String cache = get(client, base + "/headers").headers().firstValue("Cache-Status").orElse("");
    if (!cache.contains(";hit")) { // or else a start would never learn how a hit is answered
      throw Failure.of(Kind.INTERNAL, "the cache has nothing of what was asked for: " + cache);
    }
    get(client, base + "/file/text");
    send(
        client,
        HttpRequest.newBuilder(URI.create(base + "/file/text")).header("Range", "bytes=10-99"));
    send(
        client,
        HttpRequest.newBuilder(URI.create(base + "/upload"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[100_000])));
  }

  /** What players ask for, of a film that is another one each time. */
  private static void watch(HttpClient client, String base, Path films)
      throws IOException, InterruptedException {
    for (int i = 0; i < 10; i++) {
      for (String film : List.of("clock.mp4", "hour.mp4")) {
        FileTime now = FileTime.fromMillis(System.currentTimeMillis() + i);
        Files.setLastModifiedTime(films.resolve(film), now);
        get(client, base + "/films/" + film + "/v0/" + i % 4 + ".m4s");
      }
    }
    get(client, base + "/far/clock.mp4/v0/0.m4s");
    for (String name : List.of("index.m3u8", "v0.m3u8", "a0.m3u8", "a0/1.m4s", "v0/2.m4s")) {
      get(client, base + "/films/clock.mp4/" + name);
    }
  }

  private static HttpResponse<byte[]> get(HttpClient client, String url)
      throws IOException, InterruptedException {
    return send(client, HttpRequest.newBuilder(URI.create(url)));
  }

  private static HttpResponse<byte[]> send(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() >= 500) {
      throw Failure.of(Kind.INTERNAL, answer.uri() + " was answered " + answer.statusCode());
    }
    return answer;
  }

  private static void deleted(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
