package darban.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Certificates;
import darban.testkit.Curl;
import darban.testkit.DarbanProcess;
import darban.testkit.NginxOrigin;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way in with each way out, in both roles, asked by curl and answered by nginx. */
class C03CurlIT {
  private static final int BIG = 3_000_000;

  @TempDir static Path folder;
  private static final List<AutoCloseable> OPEN = new ArrayList<>();
  private static final int HTTP = Ports.free();
  private static final int HTTPS = Ports.free();
  private static final int H2C = Ports.free();
  private static final int DEMO = Ports.free();

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  @BeforeAll
  static void start() throws Exception {
    Certificates certificates = Certificates.in(folder.resolve("issuer"));
    certificates.issue("origin", "localhost", "127.0.0.1");
    OPEN.add(NginxOrigin.start(folder, servers(), HTTP, HTTPS, H2C));
    Files.writeString(folder.resolve("www/a.txt"), "salam\n");
    Files.writeString(
        Files.createDirectories(folder.resolve("www/in")).resolve("index.html"), "in");
    Files.createDirectories(folder.resolve("www/list/<b>"));
    Files.writeString(folder.resolve("www/list/x y.txt"), "");
    byte[] noise = new byte[BIG];
    new Random(1).nextBytes(noise);
    Files.write(folder.resolve("www/big.bin"), noise);
    darban = DarbanProcess.start(folder, yaml());
    OPEN.add(darban);
  }

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable each : OPEN.reversed()) {
      each.close();
    }
  }

  private static String servers() {
    String same =
        """
        rewrite ^/(http|https|h2|h2c|unix)/(.*)$ /$2 break;
        add_header X-Spoken $server_protocol;
        add_header X-Via "$http_via";
        add_header X-Host $host;
        add_header X-For "$http_x_forwarded_for";
        """;
    return """
    server { listen 127.0.0.1:%d; %s }
    server { listen 127.0.0.1:%d ssl http2;
             ssl_certificate issuer/origin.pem; ssl_certificate_key issuer/origin-key.pem; %s }
    server { listen 127.0.0.1:%d http2; %s }
    server { listen unix:%s; %s }
    """
        .formatted(HTTP, same, HTTPS, same, H2C, same, folder.resolve("origin.sock"), same);
  }

  private static String yaml() {
    return """
    listeners:
      plain: { address: "127.0.0.1:0", protocols: [h1, h2] }
      web: { address: "127.0.0.1:0", protocols: [h1, h2, h3], tls: internal }
      socket: { address: "unix:run/gate.sock" }
      proxy: { address: "127.0.0.1:0", mode: forward }
      secure-proxy: { address: "127.0.0.1:0", mode: forward, tls: internal }
    sites:
      "*":
        routes:
          - { match: { path: "/http/*" }, service: http }
          - { match: { path: "/https/*" }, service: https }
          - { match: { path: "/h2/*" }, service: h2 }
          - { match: { path: "/h2c/*" }, service: h2c }
          - { match: { path: "/unix/*" }, service: unix }
          - { match: { path: "/upload" }, service: demo }
          - { match: { path: "/files/*" }, files: { root: www, browse: true } }
          - { match: { path: "/moved" }, redirect: { to: "{scheme}://{host}/files/a.txt{query}", status: 301 } }
          - { match: { path: "/tea" }, respond: { status: 418, headers: { X-Pot: short }, body: "chai\\n" } }
          - { match: { path: "/posted", methods: [POST] }, respond: { body: posted } }
    services:
      http: { servers: [ "http://127.0.0.1:%d" ] }
      https: { servers: [ "https://localhost:%d" ], tls: { ca: issuer/ca.pem } }
      h2: { servers: [ "h2://localhost:%d" ], tls: { ca: issuer/ca.pem } }
      h2c: { servers: [ "h2c://127.0.0.1:%d" ] }
      unix: { servers: [ "unix:origin.sock" ] }
      demo: { servers: [ "http://127.0.0.1:%d" ] }
    demo: { address: "127.0.0.1:%d" }
    forward: { private-addresses: allow }
    admin: { address: "127.0.0.1:0" }
    log: { access: { file: access.json } }
    """
        .formatted(HTTP, HTTPS, HTTPS, H2C, DEMO, DEMO);
  }

  /** The ways in: how curl is told, and which version it then speaks. */
  enum Way {
    H1("plain", "http", "1.1", "--http1.1"),
    H10("plain", "http", "1.1", "--http1.0"),
    H2C("plain", "http", "2", "--http2-prior-knowledge"),
    TLS_H1("web", "https", "1.1", "--http1.1"),
    TLS_H2("web", "https", "2", "--http2"),
    SOCKET("", "http", "1.1", "--unix-socket", "run/gate.sock");

    private final String listener;
    private final String scheme;
    private final String version;
    private final List<String> options;

    Way(String listener, String scheme, String version, String... options) {
      this.listener = listener;
      this.scheme = scheme;
      this.version = version;
      this.options = List.of(options);
    }

    Curl.Answer get(String path, String... more) throws Exception {
      List<String> arguments = new ArrayList<>(options);
      arguments.addAll(List.of("--cacert", "certs/ca.pem"));
      arguments.addAll(List.of(more));
      String host = this == SOCKET ? "localhost" : "127.0.0.1:" + darban.port(listener);
      arguments.add(scheme + "://" + host + path);
      return Curl.get(folder, arguments);
    }
  }

  static Stream<Arguments> waysAndOrigins() {
    return Stream.of(Way.values())
        .flatMap(way ->
            Stream.of("http", "https", "h2", "h2c", "unix").map(to -> Arguments.of(way, to)));
  }

  @ParameterizedTest
  @MethodSource("waysAndOrigins")
  void reverse_eachWayToEachOrigin_passes(Way way, String origin) throws Exception {
    Curl.Answer small = way.get("/" + origin + "/a.txt", "-H", "Host: gate.example");
    assertEquals(way.version + " 200 6", small.facts(), small::toString);
    assertEquals("salam\n", small.body());
    boolean second = List.of("https", "h2", "h2c").contains(origin);
    assertEquals(second ? "HTTP/2.0" : "HTTP/1.1", small.field("X-Spoken"), small::toString);
    assertEquals("gate.example", small.field("X-Host"));
    assertEquals(way == Way.SOCKET ? "unix" : "127.0.0.1", small.field("X-For"), small::toString);
    String spoken = way == Way.H10 ? "1.0" : way.version + (way.version.equals("2") ? ".0" : "");
    assertTrue(small.field("X-Via").startsWith(spoken + " darban-"), small::toString);

    Path got = folder.resolve("got");
    way.get("/" + origin + "/big.bin", "-o", got.toString(), "--no-include");
    assertArrayEquals(Files.readAllBytes(folder.resolve("www/big.bin")), Files.readAllBytes(got));

    Curl.Answer head = way.get("/" + origin + "/big.bin", "-I");
    assertEquals(way.version + " 200 0", head.facts());
    assertEquals(Integer.toString(BIG), head.field("Content-Length"), head::toString);
    Curl.Answer part = way.get("/" + origin + "/a.txt", "-r", "1-3");
    assertEquals(way.version + " 206 3", part.facts());
    assertEquals("ala", part.body());
    Curl.Answer unchanged =
        way.get("/" + origin + "/a.txt", "-H", "If-None-Match: " + small.field("ETag"));
    assertEquals(way.version + " 304 0", unchanged.facts());
    assertEquals(
        way.version + " 404",
        way.get("/" + origin + "/none").facts().substring(0, way.version.length() + 4));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void upload_eachWay_arrivesWhole(Way way) throws Exception {
    String file = folder.resolve("www/big.bin").toString();
    String whole = "received " + BIG + " bytes\n";
    assertEquals(whole, way.get("/upload", "--data-binary", "@" + file).body());
    assertEquals(whole, way.get("/upload", "-T", file).body());
    if (way != Way.H10) {
      String[] chunked = {"-H", "Transfer-Encoding: chunked", "--data-binary", "@" + file};
      assertEquals(whole, way.get("/upload", chunked).body());
    }
    assertEquals("received 0 bytes\n", way.get("/upload", "-d", "").body());
  }

  static Stream<Way> ways() {
    return Stream.of(Way.values());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void files_eachWay_asTheyAre(Way way) throws Exception {
    Curl.Answer whole = way.get("/files/a.txt");
    assertEquals(way.version + " 200 6", whole.facts());
    assertEquals("salam\n", whole.body());
    assertTrue(whole.field("Content-Type").startsWith("text/plain"), whole::toString);
    Path got = folder.resolve("got");
    way.get("/files/big.bin", "-o", got.toString(), "--no-include");
    assertArrayEquals(Files.readAllBytes(folder.resolve("www/big.bin")), Files.readAllBytes(got));
    assertEquals("in", way.get("/files/in/").body());
    Curl.Answer moved = way.get("/files/in?a=b");
    assertEquals(308, moved.status());
    assertEquals("/files/in/?a=b", moved.field("Location"));
    String list = way.get("/files/list/").body();
    assertTrue(list.contains("x%20y.txt") && list.contains("&lt;b&gt;"), list);
    assertTrue(!list.contains("<b>"), list);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bytes=0-1       | 206 | sa              | bytes 0-1/6
          bytes=-2        | 206 | m               | bytes 4-5/6
          bytes=4-        | 206 | m               | bytes 4-5/6
          bytes=9-        | 416 | ''              | bytes */6
          bytes=3-1       | 200 | salam           | ''
          lines=0-1       | 200 | salam           | ''
          bytes=0-1,3-3   | 206 | --              | ''
          """)
  void files_range_asRfc9110Says(String range, int status, String body, String contentRange)
      throws Exception {
    Curl.Answer file = Way.H1.get("/files/a.txt", "-H", "Range: " + range);
    assertEquals(status, file.status(), file::toString);
    assertEquals(contentRange, file.field("Content-Range"), file::toString);
    assertTrue(file.body().strip().startsWith(body), file::toString);
    String url = "http://127.0.0.1:" + HTTP + "/a.txt";
    Curl.Answer direct = Curl.get(folder, List.of("-H", "Range: " + range, url));
    Curl.Answer passed = Way.H1.get("/http/a.txt", "-H", "Range: " + range);
    assertEquals(direct.facts(), passed.facts());
    assertEquals(direct.field("Content-Range"), passed.field("Content-Range"));
  }

  @ParameterizedTest
  @CsvSource({
    "If-None-Match: TAG, 304",
    "If-None-Match: *, 304",
    "If-None-Match: \"other\", 200",
    "If-Match: TAG, 200",
    "If-Match: \"other\", 412",
    "If-Modified-Since: DATE, 304",
    "'If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT', 200",
    "If-Unmodified-Since: DATE, 200",
    "'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT', 412",
  })
  void files_condition_asRfc9110Says(String condition, int status) throws Exception {
    for (String path : List.of("/files/a.txt", "/h2/a.txt")) {
      Curl.Answer known = Way.TLS_H2.get(path);
      String sent =
          condition
              .replace("TAG", known.field("ETag"))
              .replace("DATE", known.field("Last-Modified"));
      Curl.Answer answer = Way.TLS_H2.get(path, "-H", sent);
      assertEquals(status, answer.status(), answer::toString);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void fixedAnswers_eachWay_asConfigured(Way way) throws Exception {
    Curl.Answer tea = way.get("/tea");
    assertEquals(way.version + " 418 5", tea.facts());
    assertEquals("short", tea.field("X-Pot"));
    Curl.Answer moved = way.get("/moved?a=b&c", "-H", "Host: gate.example:99");
    assertEquals(301, moved.status());
    assertEquals(way.scheme + "://gate.example:99/files/a.txt?a=b&c", moved.field("Location"));
    assertEquals(404, way.get("/posted").status());
    assertEquals("posted", way.get("/posted", "-d", "x").body());
    assertEquals(404, way.get("/nowhere").status());
  }

  @Test
  void http3_curlsElder_downloadsTheSame() throws Exception {
    String client = Peers.find("gtlsclient", "ngtcp2-client");
    Path got = Files.createDirectories(folder.resolve("h3"));
    String port = Integer.toString(darban.port("web"));
    for (String path : List.of("files", "http", "h2c")) {
      String url = "https://localhost:" + port + "/" + path + "/big.bin";
      Program.of(
              client,
              "-q",
              "--exit-on-all-streams-close",
              "--download=" + got,
              "127.0.0.1",
              port,
              url)
          .run()
          .good();
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("www/big.bin")),
          Files.readAllBytes(got.resolve("big.bin")),
          path);
      Files.delete(got.resolve("big.bin"));
    }
  }

  // The forward proxy

  static Stream<Arguments> proxies() {
    return Stream.of("proxy", "secure-proxy")
        .flatMap(listener ->
            // curl speaks 1.0 to proxies in clear only.
            Stream.of("--http1.1", "--http1.0", "--proxy1.0")
                .filter(version -> listener.equals("proxy") || !version.equals("--proxy1.0"))
                .flatMap(version ->
                    Stream.of("http", "http-tunnel", "https", "h2")
                        // nginx knows no http/1.0 by ALPN, which curl then offers.
                        .filter(target ->
                            target.startsWith("http-")
                                || target.equals("http")
                                || !version.equals("--http1.0"))
                        .map(target -> Arguments.of(listener, version, target))));
  }

  @ParameterizedTest
  @MethodSource("proxies")
  void forward_eachSchemeByEachProxy_passes(String listener, String version, String target)
      throws Exception {
    boolean toSecure = target.equals("https") || target.equals("h2");
    String proxy =
        (listener.equals("proxy") ? "http" : "https") + "://127.0.0.1:" + darban.port(listener);
    List<String> arguments =
        new ArrayList<>(List.of("--cacert", "issuer/ca.pem", "--proxy-cacert", "certs/ca.pem"));
    boolean oldProxy = version.equals("--proxy1.0");
    arguments.addAll(
        oldProxy ? List.of("--proxy1.0", proxy.replace("http://", "")) : List.of("-x", proxy));
    if (!oldProxy) {
      arguments.add(target.equals("h2") ? "--http2" : version);
    }
    if (target.equals("http-tunnel")) {
      arguments.add("--proxytunnel");
    }
    String origin = toSecure ? "https://localhost:" + HTTPS : "http://127.0.0.1:" + HTTP;
    Path got = folder.resolve("got");
    Curl.Answer small = Curl.get(folder, with(arguments, origin + "/a.txt"));
    assertEquals(200, small.status(), small::toString);
    assertEquals("salam\n", small.body());
    boolean seen = target.equals("http");
    assertEquals(seen, small.field("X-Via").contains("darban-"), small::toString);
    assertEquals("", small.field("X-For"), "the origin is not told of the client");
    Curl.get(folder, with(arguments, "-o", got.toString(), "--no-include", origin + "/big.bin"));
    assertArrayEquals(Files.readAllBytes(folder.resolve("www/big.bin")), Files.readAllBytes(got));
  }

  private static List<String> with(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return all;
  }

  @Test
  void forward_toItself_isRefused() throws Exception {
    String proxy = "http://127.0.0.1:" + darban.port("proxy");
    Curl.Answer answer = Curl.get(folder, List.of("-x", proxy, proxy + "/"));
    assertEquals(403, answer.status(), answer::toString);
    assertTrue(answer.field("Proxy-Status").contains("destination_ip_prohibited"));
  }

  @Test
  void forward_portThatNobodyListensOn_isBadGateway() throws Exception {
    String proxy = "http://127.0.0.1:" + darban.port("proxy");
    String nobody = "http://127.0.0.1:" + Ports.free() + "/";
    Curl.Answer answer = Curl.get(folder, List.of("-x", proxy, nobody));
    assertEquals(502, answer.status(), answer::toString);
    assertTrue(answer.field("Proxy-Status").contains("connection_refused"), answer::toString);
    Program.Result tunnel = Curl.run(folder, List.of("-p", "-x", proxy, nobody));
    assertEquals(56, tunnel.status(), tunnel::toString);
  }

  @Test
  void accessLog_hasALineForEach() throws Exception {
    Way.H1.get("/tea?marked-1");
    Path log = folder.resolve("access.json");
    Await.until(
        Duration.ofSeconds(10),
        () -> Files.readString(log).contains("marked-1"),
        () -> Files.readString(log));
    for (String line : Files.readAllLines(log)) {
      assertTrue(new JsonObject(line).size() > 10, line);
    }
  }
}
