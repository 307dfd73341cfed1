package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.RawClient.Answer;
import darban.testkit.ScriptedOrigin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Films behind an origin that does not do as it should. */
@ExtendWith(Guard.class)
class FarFilmOnTheWireTest {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
  private static final String SEGMENT = "/far/plain.mp4/v0/0.m4s";

  private Bench bench;
  private String film = "";
  private String caching = "max-age=3600";

  @BeforeEach
  void start() throws Exception {
    film = new String(Files.readAllBytes(Films.plain()), StandardCharsets.ISO_8859_1);
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { match: { path: "/far/*" }, media: far } ] } }
            media: { far: { root: "http://ORIGIN/films/" } }
            log: { access: off }
            """);
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  private Answer get(String path, String... fields) throws IOException {
    StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: h\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    try (RawClient client = bench.client()) {
      return client.send(head.append("\r\n").toString()).answer();
    }
  }

  /** Serves the film by ranges; the first answers are of version 1, those behind of version 2. */
  private void serve(int first) {
    AtomicInteger left = new AtomicInteger(first);
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            Matcher range = RANGE.matcher(String.valueOf(next.field("Range")));
            boolean part = range.matches();
            int from = part ? Integer.parseInt(range.group(1)) : 0;
            int last = part ? Integer.parseInt(range.group(2)) : Integer.MAX_VALUE;
            String body = film.substring(from, Math.min(last, film.length() - 1) + 1);
            String place =
                part
                    ? "Content-Range: bytes %d-%d/%d\r\n"
                        .formatted(from, from + body.length() - 1, film.length())
                    : "";
            connection.send(
                "HTTP/1.1 %d X\r\nCache-Control: %s\r\nETag: \"%d\"\r\n"
                        .formatted(part ? 206 : 200, caching, left.getAndDecrement() > 0 ? 1 : 2)
                    + "%sContent-Length: %d\r\n\r\n".formatted(place, body.length())
                    + body);
          }
        });
  }

  @Test
  void film_isGotByRanges_withNothingOfTheClients() throws Exception {
    serve(1000);
    Answer answer = get(SEGMENT, "Cookie: a=b", "Authorization: Basic abc");
    assertEquals(200, answer.status());
    assertTrue(answer.whole() && answer.body().startsWith("styp", 4));
    assertEquals("*", answer.field("Access-Control-Allow-Origin"));
    for (ScriptedOrigin.Request each : bench.origin().requests()) {
      assertTrue(each.line().matches("GET /films/(plain.mp4)?"), each.line());
      assertNull(each.field("Cookie"));
      assertNull(each.field("Authorization"));
    }
  }

  /** Whether or not anything may be kept of it, and for how long. */
  @ParameterizedTest
  @ValueSource(strings = {"no-store", "private", "no-cache", "max-age=0", "max-age=3600"})
  void film_isStreamed_howeverTheOriginWantsItCached(String wanted) throws Exception {
    caching = wanted;
    serve(1000);
    Answer first = get(SEGMENT);
    assertEquals(200, first.status(), first.body());
    assertTrue(first.whole());
    Answer again = get("/far/plain.mp4/v0/0.m4s", "Range: bytes=100-199");
    assertEquals(206, again.status());
    assertEquals(first.body().substring(100, 200), again.body());
  }

  @ParameterizedTest
  @CsvSource({"404 Not Found, 404", "403 Forbidden, 403", "500 Broken, 502", "301 Moved, 502"})
  void origin_thatAnswersOtherwise_isToldOf(String status, int told) throws Exception {
    bench
        .origin()
        .answering("HTTP/1.1 " + status + "\r\nETag: \"1\"\r\nContent-Length: 4\r\n\r\nfilm");
    Answer answer = get(SEGMENT);
    assertEquals(told, answer.status());
    assertEquals("*", answer.field("Access-Control-Allow-Origin"));
  }

  @Test
  void file_thatIsNoFilm_isToldOf() throws Exception {
    film = "no film at all, only words";
    serve(1000);
    Answer answer = get(SEGMENT);
    assertEquals(422, answer.status());
    assertTrue(answer.body().contains("no MP4"), answer.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/far",
        "/far/..%2fsecret.mp4/index.m3u8",
        "/far/.git/film.mp4/index.m3u8",
        "/far/a/.git/config",
        "/far/%2e%2e/%2e%2e/secret.mp4/v0.m3u8",
      })
  void path_thatLeadsOut_neverReachesTheOrigin(String path) throws Exception {
    serve(1000);
    assertEquals(404, get(path).status());
    assertEquals(0, bench.origin().requests().size());
  }
}
