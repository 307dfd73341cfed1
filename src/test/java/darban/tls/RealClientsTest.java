package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.tls.TestAuthority.Wish;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OpenSSL and curl as clients, the former also with what no client should use any more. */
@ExtendWith(LeakWatch.class)
class RealClientsTest {
  private static final TestAuthority CA = new TestAuthority("real clients test");
  private static final String ASK = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @TempDir Path directory;
  private final TestTls test = new TestTls();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    test.close();
  }

  private int serve(Engine engine, ServerTlsSettings settings) throws Failure {
    ServerTls tls = test.tls(engine, directory).server(settings);
    TinyServer server = new TinyServer(tls);
    open.add(tls);
    open.add(server);
    return server.port();
  }

  private int serveTwo(Engine engine) throws Exception {
    CA.write(directory.resolve("ca.pem"));
    Wish rsa = Wish.of("rsa.example").with(TestAuthority.rsaKey(2048));
    return serve(
        engine,
        TestTls.settings(
            CA.issue("ec.example").write(directory, "ec"), CA.issue(rsa).write(directory, "rsa")));
  }

  private Programs.Result client(int port, String input, String options) throws Exception {
    String command = "openssl s_client -connect 127.0.0.1:" + port + " -CAfile ca.pem " + options;
    return Programs.tryRun(directory, input, command.split(" +"));
  }

  static Stream<Arguments> offers() {
    List<String> ec = new ArrayList<>();
    List<String> rsa = new ArrayList<>();
    for (String cipher : List.of("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")) {
      ec.add("ECDHE-ECDSA-" + cipher);
      rsa.add("ECDHE-RSA-" + cipher);
    }
    Stream<Arguments> good =
        Stream.concat(
            ec.stream().map(cipher -> Arguments.of("ec", "-tls1_2 -cipher " + cipher, cipher)),
            rsa.stream().map(cipher -> Arguments.of("rsa", "-tls1_2 -cipher " + cipher, cipher)));
    Stream<Arguments> good13 =
        Stream.of(
                "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
            .map(suite -> Arguments.of("ec", "-tls1_3 -ciphersuites " + suite, suite));
    Stream<Arguments> groups =
        Stream.of("X25519", "P-256", "P-384", "P-521:P-256")
            .map(group -> Arguments.of("ec", "-tls1_3 -groups " + group, "TLSv1.3"));
    Stream<Arguments> bad =
        Stream.of(
                "ec -tls1 -cipher ALL:@SECLEVEL=0",
                "ec -tls1_1 -cipher ALL:@SECLEVEL=0",
                "rsa -tls1 -cipher ALL:@SECLEVEL=0",
                "rsa -tls1_1 -cipher ALL:@SECLEVEL=0",
                "ec -tls1_2 -cipher ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0",
                "ec -tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0",
                "rsa -tls1_2 -cipher ECDHE-RSA-AES256-SHA384:@SECLEVEL=0",
                "rsa -tls1_2 -cipher ECDHE-RSA-AES128-SHA:@SECLEVEL=0",
                "rsa -tls1_2 -cipher AES128-GCM-SHA256:@SECLEVEL=0",
                "rsa -tls1_2 -cipher AES256-SHA:@SECLEVEL=0",
                "rsa -tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
                "rsa -tls1_2 -cipher aNULL:@SECLEVEL=0",
                "rsa -tls1_2 -cipher eNULL:@SECLEVEL=0",
                "ec -tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256",
                "ec -tls1_3 -groups ffdhe2048")
            .map(line -> Arguments.of(line.split(" ", 2)[0], line.split(" ", 2)[1], ""));
    return Stream.of(good, good13, groups, bad).flatMap(each -> each);
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void sClient_eachOffer_takenOrRefused(Engine engine) throws Exception {
    int port = serveTwo(engine);
    for (Arguments offer : offers().toList()) {
      Object[] each = offer.get();
      String name = each[0] + ".example";
      Programs.Result result =
          client(port, ASK, each[1] + " -servername " + name + " -verify_hostname " + name);
      String agreed = String.valueOf(each[2]);
      if (agreed.isEmpty()) {
        assertNotEquals(0, result.status(), () -> each[1] + "\n" + result.output());
        assertTrue(result.output().contains("Cipher is (NONE)"), result::output);
        assertTrue(!result.output().contains("HTTP/1.1 200"), result::output);
      } else {
        assertTrue(result.output().contains("Cipher is "), result::output);
        assertTrue(result.output().contains(agreed), () -> each[1] + "\n" + result.output());
        assertTrue(result.output().contains("Verify return code: 0"), result::output);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void sClient_bothEnds_preferTheFirstSuiteOfTheServer(Engine engine) throws Exception {
    int port = serveTwo(engine);
    String reversed =
        "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:"
            + "ECDHE-ECDSA-AES128-GCM-SHA256";
    Programs.Result result =
        client(port, ASK, "-tls1_2 -servername ec.example -cipher " + reversed);
    assertTrue(result.output().contains("Cipher is ECDHE-ECDSA-AES128-GCM-SHA256"), result::output);
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void sClient_renegotiation_refused(Engine engine) throws Exception {
    int port = serveTwo(engine);
    Programs.Result result = client(port, "R\n", "-tls1_2 -servername ec.example");
    String after = result.output().substring(result.output().indexOf("RENEGOTIATING"));
    assertTrue(after.contains(" alert "), result::output);
    assertEquals(1, result.status());
  }

  @ParameterizedTest
  @MethodSource("darban.tls.RealClientsTest#versions")
  void sClient_ticketOfAnotherName_resumesNothing(Engine engine, String version) throws Exception {
    int port = serveTwo(engine);
    String save = version + " -sess_out ticket -servername ec.example -quiet";
    Programs.Result first = client(port, ASK, save);
    assertTrue(first.output().contains("resumed=false"), first::output);
    String use = version + " -sess_in ticket -quiet -servername ";
    Programs.Result same = client(port, ASK, use + "ec.example");
    assertTrue(same.output().contains("resumed=true"), same::output);
    Programs.Result other = client(port, ASK, use + "rsa.example");
    assertTrue(other.output().contains("sni=rsa.example"), other::output);
    assertTrue(other.output().contains("resumed=false"), other::output);
  }

  static Stream<Arguments> versions() {
    return Stream.of(Engine.values())
        .flatMap(engine ->
            Stream.of("-tls1_2", "-tls1_3").map(version -> Arguments.of(engine, version)));
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void internal_opensslAndCurl_trustWhatTheDevelopmentCaMakes(Engine engine) throws Exception {
    int port = serve(engine, TestTls.internal("a.example", "*.b.example"));
    for (String name : List.of("a.example", "x.b.example", "localhost")) {
      Programs.Result seen =
          client(
              port, ASK, "-verify_return_error -servername " + name + " -verify_hostname " + name);
      assertTrue(seen.output().contains("Verification: OK"), seen::output);
      String answer =
          curl(name, port, "--resolve", name + ":" + port + ":127.0.0.1", "--cacert", "ca.pem");
      assertTrue(answer.contains(" sni=" + name + " alpn=http/1.1 "), answer);
    }
    String byAddress = curl("127.0.0.1", port, "--cacert", "ca.pem");
    assertTrue(byAddress.contains(" sni=- "), byAddress);
    Programs.Result refused = client(port, ASK, "-servername other.example");
    assertTrue(refused.output().contains("unrecognized name"), refused::output);
  }

  private String curl(String name, int port, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--http1.1", "--max-time", "20"));
    command.addAll(List.of(options));
    command.add("https://" + name + ":" + port + "/");
    return Programs.run(directory, command.toArray(String[]::new));
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void curl_clientThatDoesNotTrust_fails(Engine engine) throws Exception {
    int port = serve(engine, TestTls.internal());
    Programs.Result result =
        Programs.tryRun(directory, "", "curl", "-sS", "https://127.0.0.1:" + port + "/");
    assertEquals(60, result.status(), result::output);
  }
}
