package darban.stage.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the origin is asked for in a client's name where only whole answers are kept. */
@ExtendWith(Guard.OfClass.class)
class FetchTest {
  private static final String CONTENT = "0123456789".repeat(1000);

  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { service: origin, cache: on } ] } }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            cache: { memory: 1MB, disk: off }
            log: { access: off }
            """);
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
  }

  private static void origin(String caching, String content) {
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            boolean part = "bytes=10-19".equals(next.field("Range"));
            String body = part ? content.substring(10, 20) : content;
            String place = "Content-Range: bytes 10-19/" + content.length() + "\r\n";
            connection.send(
                (part ? "HTTP/1.1 206 Part\r\n" + place : "HTTP/1.1 200 OK\r\n")
                    + "Cache-Control: %s\r\nETag: \"1\"\r\nContent-Length: %d\r\n\r\n"
                        .formatted(caching, body.length())
                    + body);
          }
        });
  }

  private static RawClient.Answer part(String path) throws IOException {
    try (RawClient client = bench.client()) {
      return client
          .send("GET " + path + " HTTP/1.1\r\nHost: h\r\nRange: bytes=10-19\r\n\r\n")
          .answer();
    }
  }

  /** The whole is asked for only as long as it is not known that it is not kept. */
  @ParameterizedTest
  @CsvSource({"no-store, 3", "private, 3", "max-age=60, 1"})
  void range_ofWhatMayNotBeKept_isAnsweredByTheRange(String caching, int requests)
      throws Exception {
    origin(caching, CONTENT);
    for (int i = 0; i < 2; i++) {
      RawClient.Answer answer = part("/" + caching);
      assertEquals(206, answer.status());
      assertEquals("0123456789", answer.body());
    }
    assertEquals(requests, bench.origin().requests().size());
  }

  @ParameterizedTest
  @CsvSource({"200000", "2000000"})
  void range_ofWhatIsTooLarge_isAnsweredByTheRange(int length) throws Exception {
    origin("max-age=60", "0123456789".repeat(length / 10));
    for (int i = 0; i < 2; i++) {
      RawClient.Answer answer = part("/" + length);
      assertEquals(206, answer.status());
      assertEquals("0123456789", answer.body());
    }
  }
}
