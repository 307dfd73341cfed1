package darban.serve.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.HostPort;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.RawHttp2;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the forward proxy lets nobody, by whichever way it is asked. */
@ExtendWith(Guard.OfClass.class)
class ForwardOnTheWireTest {
  private static Bench strict;
  private static Bench free;

  @BeforeAll
  static void start() throws Exception {
    strict = bench("{ connect-ports: [ 443, 1443 ] }");
    free = bench("{ private-addresses: allow }");
  }

  private static Bench bench(String policy) throws Exception {
    return Bench.yaml(
        """
        listeners: { forward: { address: "127.0.0.1:0", mode: forward, protocols: [h1, h2] } }
        services: { origin: { servers: [ "http://ORIGIN" ] } }
        forward: %s
        admin: { address: "127.0.0.1:0" }
        log: { access: off }
        """
            .formatted(policy));
  }

  @AfterAll
  static void stop() throws Exception {
    strict.close();
    free.close();
  }

  /** Ways to ask for a tunnel or an answer; the status, or what SOCKS says in its place. */
  enum Way {
    CONNECT {
      @Override
      int ask(RawClient client, HostPort to) throws IOException {
        client.send("CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n\r\n");
        return client.answerTo("CONNECT").status();
      }
    },
    ABSOLUTE_FORM {
      @Override
      int ask(RawClient client, HostPort to) throws IOException {
        return client.send("GET http://" + to + "/ HTTP/1.1\r\nHost: x\r\n\r\n").answer().status();
      }
    },
    SOCKS_4A {
      @Override
      int ask(RawClient client, HostPort to) throws IOException {
        client.send("\4\1" + port(to) + "\0\0\0\1me\0" + to.host() + "\0");
        return client.read(8).charAt(1) == 90 ? 200 : 403;
      }
    },
    SOCKS_5 {
      @Override
      int ask(RawClient client, HostPort to) throws IOException {
        client.send("\5\1\0");
        assertEquals("\5\0", client.read(2));
        client.send("\5\1\0\3" + (char) to.host().length() + to.host() + port(to));
        return switch (client.read(10).charAt(1)) {
          case 0 -> 200;
          case 2 -> 403;
          default -> 502;
        };
      }
    };

    abstract int ask(RawClient client, HostPort to) throws IOException;

    private static String port(HostPort to) {
      return "" + (char) (to.port() >> 8) + (char) (to.port() & 0xff);
    }
  }

  private static int ask(Bench bench, Way way, String to) throws IOException {
    try (RawClient client = RawClient.connect(bench.gateway().port("forward"))) {
      return way.ask(client, HostPort.parse(to).orElseThrow());
    }
  }

  private static int askOverHttp2(Bench bench, String to) throws IOException {
    try (RawHttp2 client = RawHttp2.connect(bench.gateway().port("forward"))) {
      client.headers(1, 0, ":method", "CONNECT", ":authority", to).flush();
      return Integer.parseInt(client.answer(1).status().toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.255.255.254",
        "localhost",
        "LOCALHOST",
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fd00::1]",
        "[fe80::1]",
        "[ff02::1]",
      })
  void address_notPublic_refused(String host) throws IOException {
    for (Way way : Way.values()) {
      assertEquals(403, ask(strict, way, host + ":443"), way + " " + host);
    }
    assertEquals(403, askOverHttp2(strict, host + ":443"));
  }

  /** How old programs write 127.0.0.1: either not understood or seen through. */
  @ParameterizedTest
  @ValueSource(strings = {"127.1", "0", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1."})
  void address_inDisguise_refused(String host) throws IOException {
    int port = strict.origin().port();
    for (Way way : Set.of(Way.ABSOLUTE_FORM, Way.SOCKS_4A, Way.SOCKS_5)) {
      int status = ask(strict, way, host + ":" + port);
      assertTrue(Set.of(400, 403, 502).contains(status), way + " " + host + ": " + status);
    }
    assertEquals("", strict.origin().received());
  }

  @ParameterizedTest
  @CsvSource({
    "strict, 192.0.43.7:80, 403",
    "strict, 192.0.43.7:25, 403",
    "strict, 192.0.43.7:22, 403",
    "free, 127.0.0.1:25, 403",
    "free, 127.0.0.1:0, 400",
    "free, 127.0.0.1, 400",
  })
  void tunnel_toAPortThatIsNotOffered_refused(String policy, String to, int status)
      throws IOException {
    Bench bench = policy.equals("strict") ? strict : free;
    assertEquals(status, ask(bench, Way.CONNECT, to));
    assertEquals(status, askOverHttp2(bench, to));
    if (status == 403) {
      assertEquals(403, ask(bench, Way.SOCKS_5, to));
      assertEquals(403, ask(bench, Way.SOCKS_4A, to));
    }
  }

  @ParameterizedTest
  @CsvSource({"192.0.43.7:25, 403", "127.0.0.1:25, 403", "127.0.0.1:0, 400"})
  void answer_ofAPortThatIsNoServersOfHttp_refused(String to, int status) throws IOException {
    assertEquals(status, ask(free, Way.ABSOLUTE_FORM, to));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]", "[::]"})
  void ourselves_refused_evenWherePrivateAddressesAreAllowed(String host) throws IOException {
    for (String listener : new String[] {"forward", "admin"}) {
      String to = host + ":" + free.gateway().port(listener);
      for (Way way : Way.values()) {
        assertEquals(403, ask(free, way, to), way + " " + to);
      }
      assertEquals(403, askOverHttp2(free, to));
    }
  }

  @Test
  void address_allowed_isReached() throws Exception {
    String to = "127.0.0.1:" + free.origin().port();
    for (Way way : Way.values()) {
      assertEquals(200, ask(free, way, to), way.name());
    }
    assertEquals(200, askOverHttp2(free, to));
    free.clear();
  }
}
