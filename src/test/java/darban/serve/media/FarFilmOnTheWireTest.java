package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.RawClient.Answer;
import darban.testkit.ScriptedOrigin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
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
  private static final Duration MOST = Duration.ofSeconds(10);
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

  /** Serves the film by ranges; the first answers are of version 1, those behind of version 2. */
  private void serve(int first) {
    serve(first, from -> {});
  }

  /** Does {@code before} with where a range begins, then answers it. */
  private void serve(int first, IntConsumer before) {
    AtomicInteger left = new AtomicInteger(first);
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            before.accept(from(next));
            answer(connection, next, left.getAndDecrement() > 0 ? 1 : 2);
          }
        });
  }

  private static int from(ScriptedOrigin.Request asked) {
    Matcher range = RANGE.matcher(String.valueOf(asked.field("Range")));
    return range.matches() ? Integer.parseInt(range.group(1)) : 0;
  }

  private void answer(
      ScriptedOrigin.Connection connection, ScriptedOrigin.Request asked, int version)
      throws IOException {
    Matcher range = RANGE.matcher(String.valueOf(asked.field("Range")));
    boolean part = range.matches();
    int from = from(asked);
    int last = part ? Integer.parseInt(range.group(2)) : Integer.MAX_VALUE;
    String body = film.substring(from, Math.min(last, film.length() - 1) + 1);
    String place =
        part
            ? "Content-Range: bytes %d-%d/%d\r\n"
                .formatted(from, from + body.length() - 1, film.length())
            : "";
    connection.send(
        "HTTP/1.1 %d X\r\nCache-Control: %s\r\nETag: \"%d\"\r\n"
                .formatted(part ? 206 : 200, caching, version)
            + "%sContent-Length: %d\r\n\r\n".formatted(place, body.length())
            + body);
  }

  @Test
  void film_isGotByRanges_withNothingOfTheClients() throws Exception {
    serve(1000);
    Answer answer = bench.get(SEGMENT, "Cookie: a=b", "Authorization: Basic abc");
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
    Answer first = bench.get(SEGMENT);
    assertEquals(200, first.status(), first.body());
    assertTrue(first.whole());
    Answer again = bench.get("/far/plain.mp4/v0/0.m4s", "Range: bytes=100-199");
    assertEquals(206, again.status());
    assertEquals(first.body().substring(100, 200), again.body());
  }

  @ParameterizedTest
  @CsvSource({"404 Not Found, 404", "403 Forbidden, 403", "500 Broken, 502", "301 Moved, 502"})
  void origin_thatAnswersOtherwise_isToldOf(String status, int told) throws Exception {
    bench
        .origin()
        .answering("HTTP/1.1 " + status + "\r\nETag: \"1\"\r\nContent-Length: 4\r\n\r\nfilm");
    Answer answer = bench.get(SEGMENT);
    assertEquals(told, answer.status());
    assertEquals("*", answer.field("Access-Control-Allow-Origin"));
  }

  @Test
  void segment_ofAColdFilm_waitsForNoSubtitles_andTheyReadNoHeadAgain() throws Exception {
    caching = "no-store";
    int place = film.indexOf("moov") - 4;
    AtomicInteger heads = new AtomicInteger();
    serve(1000, from -> heads.addAndGet(from == place ? 1 : 0));
    assertEquals(200, bench.get(SEGMENT).status());
    assertEquals(0, listings());
    assertEquals(200, bench.get("/far/plain.mp4/index.m3u8").status());
    assertEquals(1, listings());
    assertEquals(1, heads.get());
  }

  private long listings() {
    return bench.origin().requests().stream()
        .filter(each -> each.line().equals("GET /films/"))
        .count();
  }

  /** The origin lets nothing be kept, so that whatever Darban reads is asked for. */
  @Test
  void head_thatMoves_isMovedOnceForAllWhoAsk_althoughTheFirstLeaves() throws Exception {
    caching = "no-store";
    int place = film.indexOf("moov") - 4;
    AtomicInteger heads = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    CompletableFuture<Boolean> open = new CompletableFuture<>();
    serve(
        1000,
        from -> {
          opened.addAndGet(from == 0 ? 1 : 0);
          // The first time the film is learned of, by the one behind it its head is moved.
          if (from == place && heads.incrementAndGet() == 2) {
            open.join();
          }
        });
    assertEquals(200, bench.get(SEGMENT).status());
    assertEquals(1, heads.get());
    String whole = "GET /far/plain.mp4 HTTP/1.1\r\nHost: h\r\n\r\n";
    RawClient leaving = bench.client().send(whole);
    Await.until(MOST, () -> heads.get() == 2, () -> heads + " heads");
    leaving.close();
    int before = opened.get();
    List<RawClient> staying = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      staying.add(bench.client().send(whole));
    }
    Await.until(MOST, () -> opened.get() == before + 5, () -> opened + " openings");
    open.complete(true);
    for (RawClient each : staying) {
      try (each) {
        Answer answer = each.answer();
        assertTrue(answer.status() == 200 && answer.whole());
        assertTrue(answer.body().indexOf("moov") < answer.body().indexOf("mdat"));
      }
    }
    assertEquals(2, heads.get());
  }

  /** The origin lets nothing be kept, and never ends the head. */
  @Test
  void head_thatNobodyWaitsForAnyMore_isGivenUpAtTheOrigin_andReadAnewForTheNext()
      throws Exception {
    caching = "no-store";
    int place = film.indexOf("moov") - 4;
    AtomicInteger heads = new AtomicInteger();
    AtomicInteger givenUp = new AtomicInteger();
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            if (from(next) == place && heads.incrementAndGet() == 1) {
              int length = film.length() - place;
              connection.send(
                  "HTTP/1.1 206 X\r\nETag: \"1\"\r\nCache-Control: no-store\r\n"
                      + "Content-Range: bytes %d-%d/%d\r\nContent-Length: %d\r\n\r\nmoo"
                          .formatted(place, film.length() - 1, film.length(), length));
              connection.readToEnd();
              givenUp.incrementAndGet();
              return;
            }
            answer(connection, next, 1);
          }
        });
    String asking = "GET " + SEGMENT + " HTTP/1.1\r\nHost: h\r\n\r\n";
    RawClient leaving = bench.client().send(asking);
    Await.until(MOST, () -> heads.get() == 1, () -> heads + " heads");
    assertEquals(0, givenUp.get());
    leaving.reset();
    Await.until(MOST, () -> givenUp.get() == 1, () -> givenUp + " given up");
    assertEquals(200, bench.get(SEGMENT).status());
    assertEquals(2, heads.get());
  }

  /** Its samples never end the first time; what came of them is not lost. */
  @Test
  void segmentMadeInMemory_isGivenUp_whenItsClientLeaves_andMadeForTheNext() throws Exception {
    caching = "no-store";
    int place = film.indexOf("moov") - 4;
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger givenUp = new AtomicInteger();
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            int from = from(next);
            if (from > 0 && from < place && begun.incrementAndGet() == 1) {
              int last = Integer.parseInt(String.valueOf(next.field("Range")).split("-")[1]);
              connection.send(
                  "HTTP/1.1 206 X\r\nETag: \"1\"\r\nCache-Control: no-store\r\n"
                      + "Content-Range: bytes %d-%d/%d\r\nContent-Length: %d\r\n\r\nsample"
                          .formatted(from, last, film.length(), last + 1 - from));
              connection.readToEnd();
              givenUp.incrementAndGet();
              return;
            }
            answer(connection, next, 1);
          }
        });
    assertEquals(200, bench.get("/far/plain.mp4/v0.m3u8").status());
    begun.set(0);
    String path = "/far/plain.mp4/v0/1.ts";
    RawClient leaving = bench.client().send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    Await.until(MOST, () -> begun.get() == 1, () -> begun + " begun");
    leaving.reset();
    Await.until(MOST, () -> givenUp.get() == 1, () -> givenUp + " given up");
    Answer answer = bench.get(path);
    assertEquals(200, answer.status());
    assertTrue(answer.whole() && answer.body().length() % 188 == 0);
  }

  /** The subtitles beside it never end. */
  @Test
  void subtitles_thatNobodyWaitsForAnyMore_areGivenUpAtTheOrigin() throws Exception {
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger givenUp = new AtomicInteger();
    String list = "<a href=\"plain.mp4\">film</a><a href=\"plain.en.srt\">texts</a>";
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            if (next.line().endsWith("/films/")) {
              connection.send(
                  "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s"
                      .formatted(list.length(), list));
            } else if (next.line().endsWith(".srt")) {
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n1\n");
              begun.incrementAndGet();
              connection.readToEnd();
              givenUp.incrementAndGet();
              return;
            } else {
              answer(connection, next, 1);
            }
          }
        });
    RawClient leaving =
        bench.client().send("GET /far/plain.mp4/index.m3u8 HTTP/1.1\r\nHost: h\r\n\r\n");
    Await.until(MOST, () -> begun.get() == 1, () -> begun + " begun");
    assertEquals(0, givenUp.get());
    leaving.reset();
    Await.until(MOST, () -> givenUp.get() == 1, () -> givenUp + " given up");
  }

  @Test
  void file_thatIsNoFilm_isToldOf() throws Exception {
    film = "no film at all, only words";
    serve(1000);
    Answer answer = bench.get(SEGMENT);
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
    assertEquals(404, bench.get(path).status());
    assertEquals(0, bench.origin().requests().size());
  }
}
