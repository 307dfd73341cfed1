package darban.serve.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.Ports;
import darban.testkit.RawClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a forward proxy goes for its clients and where not. */
@ExtendWith(Guard.OfClass.class)
class ForwardProxyTest {
  private static final int ADMIN = Ports.free();

  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  @SuppressWarnings("NullAway.Init")
  private static Bench open;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0", mode: forward } }
            log: { access: off }
            """);
    open =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0", mode: forward }, other: { address: ":0" } }
            forward: { private-addresses: allow, connect-ports: [443] }
            admin: { address: "127.0.0.1:%d" }
            log: { access: off }
            """
                .formatted(ADMIN));
  }

  @AfterAll
  static void end() throws Exception {
    bench.close();
    open.close();
  }

  private static RawClient.Answer asked(Bench to, String method, String target, String host)
      throws Exception {
    try (RawClient client = to.client()) {
      client.send(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      return client.answerTo(method);
    }
  }

  /** Spellings of this machine and of networks that are not public: by name and by number. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "0.0.0.0",
        "[::]",
        "10.0.0.1",
        "169.254.169.254",
        "[fd00::1]",
        "[fe80::1]",
      })
  void privateAddress_isDenied_fetchedOrTunnelled(String host) throws Exception {
    bench.clear();
    String authority = host + ":" + bench.origin().port();
    for (String method : new String[] {"GET", "CONNECT"}) {
      String target = method.equals("GET") ? "http://" + authority + "/" : authority;
      RawClient.Answer answer = asked(bench, method, target, authority);
      assertEquals(403, answer.status(), method + " " + answer);
      String why = String.valueOf(answer.field("Proxy-Status"));
      assertTrue(why.contains("error=destination_ip_prohibited"), why);
    }
    assertEquals(0, bench.origin().connections().size());
  }

  /** Numbers that only the C library would take for addresses are names that nobody has. */
  @ParameterizedTest
  @ValueSource(strings = {"2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1."})
  void oldSpellings_leadNowhere(String host) throws Exception {
    bench.clear();
    String authority = host + ":" + bench.origin().port();
    RawClient.Answer answer = asked(bench, "CONNECT", authority, authority);
    assertTrue(answer.status() >= 400, answer::toString);
    assertEquals(0, bench.origin().connections().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {25, 22, 80, 8443})
  void connect_portThatIsNotNamed_isRefused(int port) throws Exception {
    RawClient.Answer answer = asked(open, "CONNECT", "127.0.0.1:" + port, "127.0.0.1:" + port);
    assertEquals(403, answer.status());
    String why = String.valueOf(answer.field("Proxy-Status"));
    assertTrue(why.contains("error=http_request_denied"), why);
  }

  @Test
  void connect_toAMailServer_isRefused_whereAnyPortMayBeNamed() throws Exception {
    RawClient.Answer answer = asked(bench, "CONNECT", "192.0.2.1:25", "192.0.2.1:25");
    String why = String.valueOf(answer.field("Proxy-Status"));
    assertTrue(why.contains("error=http_request_denied"), why);
  }

  /**
   * Even where private addresses may be dialled: neither itself, its neighbours nor its controls.
   */
  @Test
  void ownAddresses_areOutOfReach() throws Exception {
    int[] ports = {open.gateway().port("plain"), open.gateway().port("other"), ADMIN};
    for (int port : ports) {
      for (String host : new String[] {"127.0.0.1", "localhost"}) {
        String authority = host + ":" + port;
        RawClient.Answer answer = asked(open, "GET", "http://" + authority + "/metrics", authority);
        assertEquals(403, answer.status(), authority);
      }
    }
  }

  @Test
  void fetch_privateAllowed_passes() throws Exception {
    open.clear();
    String authority = "localhost:" + open.origin().port();
    RawClient.Answer answer = asked(open, "GET", "http://" + authority + "/a?b", "other.example");
    assertEquals("GET /a?b 0", answer.body());
    assertEquals(authority, open.origin().requests().getFirst().field("Host"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "*"})
  void target_thatIsNotAbsolute_isRefused(String target) throws Exception {
    String method = target.equals("*") ? "OPTIONS" : "GET";
    assertEquals(400, asked(open, method, target, "a.example").status());
  }
}
