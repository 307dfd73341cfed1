package darban.stage.cors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(Guard.OfClass.class)
class CorsStageTest {
  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - { match: { path: "/any/*" }, service: origin, cors: on }
                  - { match: { path: "/down" }, service: down, cors: on }
                  - match: { path: "/some/*" }
                    service: origin
                    cors: { origins: [ "https://a.example" ], credentials: true }
                  - { match: { path: "/none" }, service: origin }
            services:
              origin: { servers: [ "http://ORIGIN" ] }
              down: { servers: [ "http://127.0.0.1:1" ] }
            log: { access: off }
            """);
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  private static RawClient.Answer send(String method, String path, String... fields)
      throws IOException {
    try (RawClient client = bench.client()) {
      StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: h\r\n");
      for (String field : fields) {
        head.append(field).append("\r\n");
      }
      return client.send(head.append("\r\n").toString()).answerTo(method);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/any/x, https://b.example, *, , ",
    "/any/x, , *, , ",
    "/down, https://b.example, *, , ",
    "/some/x, https://a.example, https://a.example, true, 'Accept, Origin'",
    "/some/x, https://b.example, , , 'Accept, Origin'",
    "/some/x, https://a.example.evil.test, , , 'Accept, Origin'",
    "/none, https://a.example, , , Accept",
  })
  void answer_ofAnOriginOrOfOurs_tellsWhoMayReadIt(
      String path, String page, String allowed, String credentials, String vary) throws Exception {
    bench.origin().answering("HTTP/1.1 200 OK\r\nVary: Accept\r\nContent-Length: 0\r\n\r\n");
    RawClient.Answer answer = send("GET", path, page == null ? "X: y" : "Origin: " + page);
    assertEquals(path.equals("/down") ? 502 : 200, answer.status());
    assertEquals(allowed, answer.field("Access-Control-Allow-Origin"));
    assertEquals(credentials, answer.field("Access-Control-Allow-Credentials"));
    if (vary != null) {
      assertEquals(vary, answer.field("Vary"));
    }
  }

  @Test
  void preflight_isAnsweredHere() throws Exception {
    bench.origin().forget();
    RawClient.Answer answer =
        send(
            "OPTIONS",
            "/any/x",
            "Origin: https://b.example",
            "Access-Control-Request-Method: GET",
            "Access-Control-Request-Headers: cmcd-session, range");
    assertEquals(204, answer.status());
    assertEquals("*", answer.field("Access-Control-Allow-Origin"));
    assertEquals("cmcd-session, range", answer.field("Access-Control-Allow-Headers"));
    assertEquals(0, bench.origin().requests().size());
  }
}
