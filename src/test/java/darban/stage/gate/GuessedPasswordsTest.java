package darban.stage.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who guesses passwords is not listened to for a while; everybody else is. */
@ExtendWith(Guard.class)
class GuessedPasswordsTest {
  private static final String GUESSER = "127.0.0.2";
  private static final String OTHER = "127.0.0.3";
  private static final String RIGHT = "ali:salam";
  private static final String WRONG = "ali:salaam";

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { forward: { address: "127.0.0.1:0", mode: forward } }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            users: [ { name: ali, password: salam } ]
            forward: { auth: basic, failed-logins: 3/h, private-addresses: allow }
            log: { access: off }
            """);
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  private RawClient.Answer ask(String from, @Nullable String pair) throws IOException {
    String field =
        pair == null
            ? ""
            : "Proxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))
                + "\r\n";
    String to = "127.0.0.1:" + bench.origin().port();
    try (RawClient client = RawClient.connectFrom(from, bench.gateway().port("forward"))) {
      client.send("GET http://" + to + "/ HTTP/1.1\r\nHost: " + to + "\r\n" + field + "\r\n");
      return client.answer();
    }
  }

  /** The code of SOCKS 5 for the same: 0 granted, 2 not allowed, 1 any other failure. */
  private int socks(String from, String name, String password) throws IOException {
    try (RawClient client = RawClient.connectFrom(from, bench.gateway().port("forward"))) {
      client.send("\5\1\2");
      assertEquals("\5\2", client.read(2));
      int port = bench.origin().port();
      client.send(
          "\1"
              + (char) name.length()
              + name
              + (char) password.length()
              + password
              + "\5\1\0\1\177\0\0\1"
              + (char) (port >> 8)
              + (char) (port & 0xff));
      assertEquals("\1\0", client.read(2));
      return client.read(10).charAt(1);
    }
  }

  @Test
  void passwords_guessed_soonNotLookedAt() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertEquals(407, ask(GUESSER, null).status(), "to ask for the challenge is no guess");
    }
    assertEquals(200, ask(GUESSER, RIGHT).status());
    assertEquals(407, ask(GUESSER, WRONG).status());
    assertEquals(2, socks(GUESSER, "ali", "salaam"));
    assertEquals(407, ask(GUESSER, "nobody:salam").status());
    RawClient.Answer enough = ask(GUESSER, RIGHT);
    assertEquals(429, enough.status());
    assertEquals("60", enough.field("Retry-After"));
    assertEquals(1, socks(GUESSER, "ali", "salam"));
    assertEquals(200, ask(OTHER, RIGHT).status());
    assertEquals(0, socks(OTHER, "ali", "salam"));
  }
}
