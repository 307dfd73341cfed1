package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Certificates;
import darban.testkit.Curl;
import darban.testkit.DarbanProcess;
import darban.testkit.Peers;
import darban.testkit.Program;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * TLS as clients meet it: certificates by name, encrypted keys, clients' certificates, versions;
 * with native libraries, and as on a machine that has none.
 */
class C14TlsIT {
  /** What Darban finds on a machine. */
  enum Machine {
    NATIVE("boringssl"),
    PORTABLE("jdk", "-Dio.netty.transport.noNative=true", "-Dio.netty.handler.ssl.noOpenSsl=true");

    private final String engine;
    private final List<String> flags;

    Machine(String engine, String... flags) {
      this.engine = engine;
      this.flags = List.of(flags);
    }

    DarbanProcess darban() {
      return Objects.requireNonNull(DARBANS.get(this));
    }

    int port(String listener) throws Exception {
      return darban().port(listener);
    }
  }

  @TempDir static Path folder;
  private static final Map<Machine, DarbanProcess> DARBANS = new EnumMap<>(Machine.class);

  @BeforeAll
  static void start() throws Exception {
    Certificates issuer = Certificates.in(folder.resolve("issuer"));
    issuer.issue("first", "first.test");
    issuer.issue("exact", "www.example");
    issuer.issue("wild", "*.example");
    issuer.issue("client", "client.test");
    Certificates.in(folder.resolve("stranger")).issue("client", "client.test");
    openssl(
        "pkcs8 -topk8 -v2 aes-256-cbc -in issuer/wild-key.pem -out issuer/wild-secret.pem"
            + " -passout pass:kelid");
    Path password = Files.writeString(folder.resolve("password"), "kelid\n");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    for (Machine machine : Machine.values()) {
      Path home = Files.createDirectories(folder.resolve(machine.name()));
      DARBANS.put(machine, DarbanProcess.start(home, yaml(), machine.flags.toArray(String[]::new)));
    }
  }

  @AfterAll
  static void end() {
    DARBANS.values().forEach(DarbanProcess::close);
  }

  private static Program.Result openssl(String arguments) throws Exception {
    String openssl = Peers.find("openssl", "openssl");
    List<String> command = new ArrayList<>(List.of(openssl));
    command.addAll(List.of(arguments.split(" ")));
    return Program.of(command).in(folder).run().good();
  }

  private static String yaml() {
    return """
    listeners:
      names:
        address: "127.0.0.1:0"
        tls:
          certificates:
            - { cert: ../issuer/first.pem, key: ../issuer/first-key.pem }
            - { cert: ../issuer/exact.pem, key: ../issuer/exact-key.pem }
            - { cert: ../issuer/wild.pem, key: ../issuer/wild-secret.pem, password: "file:../password" }
      required:
        address: "127.0.0.1:0"
        tls:
          certificates: [ { cert: ../issuer/first.pem, key: ../issuer/first-key.pem } ]
          client-ca: ../issuer/ca.pem
          client-auth: required
          min-version: 1.3
      optional:
        address: "127.0.0.1:0"
        tls:
          certificates: [ { cert: ../issuer/first.pem, key: ../issuer/first-key.pem } ]
          client-ca: ../issuer/ca.pem
          client-auth: optional
      made: { address: "127.0.0.1:0", protocols: [h1, h2, h3], tls: internal }
      clear: { address: "127.0.0.1:0", protocols: [h1, h2] }
      socket: { address: "unix:run/darban.sock" }
    sites:
      "*":
        routes:
          - { match: { path: "/by-socket" }, service: socket }
          - { match: { path: "/by-tls" }, service: tls }
          - { respond: { body: "salam" } }
    services:
      socket: { servers: [ "unix:run/origin.sock" ] }
      tls: { servers: [ "https://127.0.0.1:1" ], tls: { verify: false } }
    admin: { address: "127.0.0.1:0" }
    log: { access: off }
    """;
  }

  @ParameterizedTest
  @EnumSource
  void start_sameListeners_withTheLibrariesThereAre(Machine machine) throws Exception {
    JsonObject status = new JsonObject(machine.darban().admin("/status"));
    assertEquals(machine.engine, status.getString("tls"));
    assertEquals(7, status.getJsonObject("listeners").size());
  }

  private static Stream<Arguments> onEach(Object[]... rows) {
    return Stream.of(Machine.values())
        .flatMap(machine ->
            Stream.of(rows)
                .map(row ->
                    Arguments.of(Stream.concat(Stream.of(machine), Stream.of(row)).toArray())));
  }

  private static Object[] row(Object... values) {
    return values;
  }

  static Stream<Arguments> names() {
    return onEach(
        row("www.example", "www.example"),
        row("WWW.example", "www.example"),
        row("a.example", "*.example"),
        row("a.b.example", "first.test"),
        row("example", "first.test"),
        row("first.test", "first.test"),
        row("other.test", "first.test"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void certificate_byName_exactThenWildcardThenTheFirst(Machine machine, String name, String shown)
      throws Exception {
    assertEquals(
        "CN=" + shown,
        Certificates.shown(name, machine.port("names")).getSubjectX500Principal().getName());
  }

  private static Program.Result curl(Machine machine, String listener, String... more)
      throws Exception {
    int port = machine.port(listener);
    List<String> arguments = new ArrayList<>(List.of("--cacert", "issuer/ca.pem"));
    arguments.addAll(List.of("--connect-to", "::127.0.0.1:" + port));
    arguments.addAll(List.of(more));
    arguments.add("https://first.test:" + port + "/");
    return Curl.run(folder, arguments);
  }

  private static final String[] NOBODY = {};
  private static final String[] CLIENT = {
    "--cert", "issuer/client.pem", "--key", "issuer/client-key.pem"
  };
  private static final String[] STRANGER = {
    "--cert", "stranger/client.pem", "--key", "stranger/client-key.pem"
  };

  static Stream<Arguments> clients() {
    return onEach(
        row("required", CLIENT, true),
        row("required", NOBODY, false),
        row("required", STRANGER, false),
        row("optional", CLIENT, true),
        row("optional", NOBODY, true),
        row("optional", STRANGER, false),
        row("names", STRANGER, true));
  }

  @ParameterizedTest
  @MethodSource("clients")
  void clientCertificate_asThePolicySays(
      Machine machine, String listener, String[] shown, boolean served) throws Exception {
    Program.Result result = curl(machine, listener, shown);
    assertEquals(served, result.status() == 0, result::toString);
    assertEquals(served, result.out().contains("salam"), result::toString);
  }

  static Stream<Arguments> offers() {
    return onEach(
        row("names", "--tls-max 1.3", true),
        row("names", "--tls-max 1.2", true),
        row("names", "--tlsv1.0 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0", false),
        row("names", "--tls-max 1.2 --ciphers ECDHE-ECDSA-AES128-GCM-SHA256", true),
        row("names", "--tls-max 1.2 --ciphers ECDHE-ECDSA-CHACHA20-POLY1305", true),
        row("names", "--tls-max 1.2 --ciphers ECDHE-ECDSA-AES128-SHA", false),
        row("names", "--tls-max 1.2 --ciphers ECDHE-ECDSA-AES256-SHA384", false),
        row("names", "--tls-max 1.2 --ciphers AES128-GCM-SHA256", false),
        row("names", "--tls-max 1.2 --ciphers DHE-RSA-AES128-GCM-SHA256", false));
  }

  @ParameterizedTest
  @MethodSource("offers")
  void offer_onlyAuthenticatedEncryptionWithForwardSecrecy(
      Machine machine, String listener, String options, boolean served) throws Exception {
    Program.Result result = curl(machine, listener, options.split(" "));
    assertEquals(served, result.status() == 0, result::toString);
  }

  @ParameterizedTest
  @EnumSource
  void minVersion_older_isRefused(Machine machine) throws Exception {
    List<String> options = new ArrayList<>(List.of(CLIENT));
    options.addAll(List.of("--tls-max", "1.2"));
    Program.Result result = curl(machine, "required", options.toArray(String[]::new));
    assertNotEquals(0, result.status(), result::toString);
  }

  @ParameterizedTest
  @EnumSource
  void internal_itsKeyIsItsOwn_itsCertificatesFitEveryName(Machine machine) throws Exception {
    Path key = folder.resolve(machine.name()).resolve("certs/ca-key.pem");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    String told = openssl("ec -noout -text -in " + machine.name() + "/certs/ca-key.pem").out();
    assertTrue(told.contains("NIST CURVE: P-256"), told);
    int port = machine.port("made");
    for (String host : List.of("localhost", "127.0.0.1", "any.name.test", "xn--mgba3gch31f.test")) {
      Curl.Answer answer =
          Curl.get(
              folder,
              List.of(
                  "--cacert",
                  machine.name() + "/certs/ca.pem",
                  "--connect-to",
                  "::127.0.0.1:" + port,
                  "https://" + host + ":" + port + "/"));
      assertEquals("2 200 5", answer.facts(), answer::toString);
      assertEquals("h3=\":" + port + "\"; ma=86400", answer.field("Alt-Svc"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void http3_onTheSamePort(Machine machine) throws Exception {
    String client = Peers.find("gtlsclient", "ngtcp2-client");
    Path got = Files.createDirectories(folder.resolve(machine.name()).resolve("got"));
    String port = Integer.toString(machine.port("made"));
    String url = "https://localhost:" + port + "/h3";
    String[] options = {"-q", "--exit-on-all-streams-close", "--download=" + got};
    Program.of(
            Stream.of(new String[] {client}, options, new String[] {"127.0.0.1", port, url})
                .flatMap(Stream::of)
                .toList())
        .run()
        .good();
    assertEquals("salam", Files.readString(got.resolve("h3")));
  }

  @ParameterizedTest
  @EnumSource
  void inClear_bothVersionsAndAUnixSocket(Machine machine) throws Exception {
    String url = "http://127.0.0.1:" + machine.port("clear") + "/";
    assertEquals("1.1 200 5", Curl.get(folder, List.of(url)).facts());
    assertEquals("2 200 5", Curl.get(folder, List.of("--http2-prior-knowledge", url)).facts());
    String socket = machine.name() + "/run/darban.sock";
    Curl.Answer answer = Curl.get(folder, List.of("--unix-socket", socket, "http://localhost/"));
    assertEquals("1.1 200 5", answer.facts());
  }

  @ParameterizedTest
  @EnumSource
  void origin_overAUnixSocket_orNotThere(Machine machine) throws Exception {
    String clear = "http://127.0.0.1:" + machine.port("clear");
    assertEquals(502, Curl.get(folder, List.of(clear + "/by-tls")).status());
    assertEquals(502, Curl.get(folder, List.of(clear + "/by-socket")).status());
    String yaml =
        """
        listeners: { origin: { address: "unix:run/origin.sock" } }
        sites: { "*": { routes: [ { respond: { body: "from behind" } } ] } }
        log: { access: off }
        """;
    Path home = folder.resolve(machine.name());
    Path other = Files.createDirectories(folder.resolve(machine.name() + "-origin"));
    String shared = yaml.replace("run/origin.sock", home.resolve("run/origin.sock").toString());
    try (DarbanProcess origin = DarbanProcess.start(other, shared)) {
      assertTrue(origin.program().runs());
      Curl.Answer answer = Curl.get(folder, List.of(clear + "/by-socket"));
      assertEquals("from behind", answer.body());
    }
  }
}
