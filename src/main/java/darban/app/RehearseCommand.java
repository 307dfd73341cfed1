package darban.app;

import darban.base.Failure;
import darban.base.Kind;
import darban.config.ConfigFile;
import darban.listen.Pressure;
import io.vertx.core.Future;
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
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Comparator;
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
 * from. Run with {@code -XX:AOTCacheOutput=FILE} it leaves behind what a start needs, classes ready
 * made and methods known to be hot (JEP 483, 514, 515).
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Serves itself for some seconds, for the JVM's ahead-of-time cache.",
    mixinStandardHelpOptions = true)
final class RehearseCommand implements Callable<Integer> {
  private static final String CONFIGURATION =
      """
      listeners:
        web: { address: "127.0.0.1:0", protocols: [h1, h2, h3], tls: internal }
        plain: { address: "127.0.0.1:0" }
        proxy: { address: "127.0.0.1:0", mode: forward }
      sites:
        "*":
          routes:
            - { match: { path: "/passed/*" }, service: demo, cache: off }
            - { match: { path: "/file/*" }, files: { root: "FOLDER" } }
            - { service: demo }
      services: { demo: { servers: [ "http://127.0.0.1:PORT" ] } }
      demo: { address: "127.0.0.1:PORT" }
      cache: { memory: 16MB, disk: off }
      forward: { private-addresses: allow }
      admin: { address: "127.0.0.1:0" }
      log: { access: { file: "FOLDER/access.log" } }
      """;

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      defaultValue = "4",
      description = "How long (default: ${DEFAULT-VALUE})")
  int seconds;

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("darban-rehearsal");
    try {
      rehearse(folder);
      return Main.OK;
    } finally {
      deleted(folder);
    }
  }

  private void rehearse(Path folder) throws Exception {
    Files.writeString(folder.resolve("text"), "salam\n".repeat(1000));
    Gateway gateway =
        new Gateway(
            new Gateway.Options(
                folder, 1, Duration.ofSeconds(1), null, changed -> {}, Pressure::ofProcess));
    try {
      int demo = freePort();
      await(gateway.start(configuration(folder, demo)));
      Map<String, String> addresses = gateway.addresses();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      try (HttpClient direct = client(folder, null);
          HttpClient proxied = client(folder, addresses.get("proxy"))) {
        while (System.nanoTime() < end) {
          ask(direct, "http://" + addresses.get("plain"));
          ask(direct, "https://" + addresses.get("web"));
          get(proxied, "http://127.0.0.1:" + demo + "/headers");
          get(direct, "http://" + addresses.get("admin") + "/metrics");
        }
      }
    } finally {
      gateway.close(false);
      await(gateway.stopped());
    }
  }

  private static Configuration configuration(Path folder, int demo) {
    String yaml =
        CONFIGURATION.replace("FOLDER", folder.toString()).replace("PORT", Integer.toString(demo));
    ConfigFile.Result<Configuration> read =
        ConfigFile.parse(Path.of("rehearsal"), yaml, Configuration.SHAPE, variable -> null);
    return Objects.requireNonNull(read.value(), () -> read.problems().toString());
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
    for (int i = 0; i < 20; i++) {
      get(client, base + "/cached");
      get(client, base + "/passed/headers");
    }
    get(client, base + "/file/text");
    send(
        client,
        HttpRequest.newBuilder(URI.create(base + "/file/text")).header("Range", "bytes=10-99"));
    send(
        client,
        HttpRequest.newBuilder(URI.create(base + "/passed/echo"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[100_000])));
  }

  private static void get(HttpClient client, String url) throws IOException, InterruptedException {
    send(client, HttpRequest.newBuilder(URI.create(url)));
  }

  private static void send(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() >= 500) {
      throw Failure.of(Kind.INTERNAL, answer.uri() + " was answered " + answer.statusCode());
    }
  }

  private static void await(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static void deleted(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
