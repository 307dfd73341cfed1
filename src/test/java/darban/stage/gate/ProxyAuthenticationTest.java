package darban.stage.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may use the forward proxy. */
@ExtendWith(Guard.OfClass.class)
class ProxyAuthenticationTest {
  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0", mode: forward } }
            users: [ { name: ali, password: kelid } ]
            forward: { auth: basic, private-addresses: allow }
            log: { access: { file: access.json } }
            """);
  }

  @AfterAll
  static void end() throws Exception {
    bench.close();
  }

  private static String credentials(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return "Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(bytes) + "\r\n";
  }

  private static String authority() {
    return "127.0.0.1:" + bench.origin().port();
  }

  private static String get(String fields) {
    return "GET http://"
        + authority()
        + "/a HTTP/1.1\r\nHost: "
        + authority()
        + "\r\n"
        + fields
        + "\r\n";
  }

  @Test
  void without_isAskedFor_onTheSameConnection() throws Exception {
    bench.clear();
    try (RawClient client = bench.client()) {
      RawClient.Answer asked = client.send(get("")).answer();
      assertEquals(407, asked.status());
      assertEquals("Basic realm=\"darban\", charset=\"UTF-8\"", asked.field("Proxy-Authenticate"));
      assertEquals(200, client.send(get(credentials("ali:kelid"))).answer().status());
      // Each request proves it for itself.
      assertEquals(407, client.send(get("")).answer().status());
    }
    assertEquals(1, bench.origin().requests().size());
  }

  @ParameterizedTest
  @CsvSource({"ali:wrong", "sara:kelid", "ali", "''"})
  void wrong_isAskedForAgain(String given) throws Exception {
    bench.clear();
    try (RawClient client = bench.client()) {
      assertEquals(407, client.send(get(credentials(given))).answer().status());
    }
    assertEquals(0, bench.origin().requests().size());
  }

  @Test
  void right_staysHere_andTheLogKnowsWho() throws Exception {
    bench.clear();
    try (RawClient client = bench.client()) {
      assertEquals(200, client.send(get(credentials("ali:kelid"))).answer().status());
    }
    String received = bench.origin().received();
    assertFalse(received.contains("Authorization"), received);
    Path log = bench.folder().resolve("access.json");
    darban.testkit.Await.until(
        Duration.ofSeconds(10),
        () -> Files.exists(log) && Files.readString(log).contains("\"user\":\"ali\""),
        () -> "not logged");
    assertFalse(Files.readString(log).contains("kelid"));
  }

  @ParameterizedTest
  @CsvSource({"ali:kelid, 200", "ali:wrong, 407"})
  void connect_asksToo(String given, int status) throws Exception {
    bench.clear();
    try (RawClient client = bench.client()) {
      client.send(
          "CONNECT "
              + authority()
              + " HTTP/1.1\r\nHost: "
              + authority()
              + "\r\n"
              + credentials(given)
              + "\r\n");
      assertEquals(status, client.answerTo("CONNECT").status());
    }
  }

  /** RFC 1928 and 1929: a wrong password is told with the answer to the request. */
  @ParameterizedTest
  @CsvSource({"kelid, 0", "wrong, 2"})
  void socks5_nameAndPassword(String password, int reply) throws Exception {
    bench.clear();
    try (RawClient client = bench.client()) {
      client.send("\u0005\u0002\u0000\u0002");
      assertEquals("\u0005\u0002", client.read(2));
      client.send("\u0001\u0003ali" + (char) password.length() + password);
      assertEquals(1, client.read(2).charAt(0));
      int port = bench.origin().port();
      client.send(
          "\u0005\u0001\u0000\u0001\u007f\u0000\u0000\u0001"
              + (char) (port >> 8)
              + (char) (port & 0xff));
      String answer = client.read(10);
      assertEquals(5, answer.charAt(0));
      assertEquals(reply, answer.charAt(1));
    }
  }

  @Test
  void socks_withoutPassword_isRefused() throws Exception {
    try (RawClient client = bench.client()) {
      client.send("\u0005\u0001\u0000");
      assertEquals("\u0005\u00ff", client.read(2));
      assertTrue(client.isClosed());
    }
    try (RawClient client = bench.client()) {
      client.send("\u0004\u0001\u0000\u0009\u007f\u0000\u0000\u0001ali\u0000");
      String answer = client.read(8);
      assertTrue(answer.charAt(1) != 0x5a, "granted");
    }
  }
}
