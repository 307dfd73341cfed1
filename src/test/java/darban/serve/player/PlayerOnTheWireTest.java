package darban.serve.player;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient.Answer;
import darban.testkit.ScriptedOrigin;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages in the place of an origin's playlists. */
@ExtendWith(Guard.OfClass.class)
class PlayerOnTheWireTest {
  private static final String PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\ns1.ts\n";
  private static final String BROWSER = "Sec-Fetch-Dest: document";
  private static final String PAGE = "<!doctype html>";
  private static final Pattern SCRIPT = Pattern.compile("src=\"(\\./~page/player\\.js\\?[^\"]+)\"");

  /** What the origin has. */
  private static final Map<String, String> FILES =
      Map.of(
          "/tv/yard/index.m3u8", PLAYLIST,
          "/tv/yard/index.mpd", "<MPD/>",
          "/plain/yard/index.m3u8", PLAYLIST,
          "/plain/yard/", "<p>the origin's own</p>",
          "/tv/none/", "<p>the origin's own</p>",
          "/tv/yard/~page/player.js", "the origin's own",
          "/tv/lie/index.m3u8", "<p>signed off</p>");

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
                  - match: { path: "/plain/*" }
                    service: origin
                    player: on
                  - service: origin
                    cors: on
                    cache: { live-edge: on }
                    player: { folder: index.m3u8 }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            cache: { memory: 16MB, disk: off }
            log: { access: off }
            """);
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @BeforeEach
  void serve() {
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            String path = next.line().split(" ")[1].replaceFirst("\\?.*", "");
            String body = FILES.get(path);
            String type =
                body == PLAYLIST ? "application/vnd.apple.mpegurl" : "text/html; charset=utf-8";
            connection.send(
                body == null
                    ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                    : "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nVary: Origin\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(type, body.length(), body));
          }
        });
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
  }

  private static void assertVaries(Answer answer) {
    String vary = String.join(", ", answer.fields()).toLowerCase(java.util.Locale.ROOT);
    assertTrue(vary.contains("sec-fetch-dest, accept"), vary);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        BROWSER,
        "Sec-Fetch-Dest: iframe",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
      })
  void browser_thatGoesThere_getsAPage_thatPagesOfOthersMayNotRead(String field) throws Exception {
    for (String path : List.of("/tv/yard/index.m3u8", "/tv/yard/")) {
      Answer page = bench.get(path, field);
      assertEquals(200, page.status());
      assertTrue(page.body().startsWith(PAGE), page.body());
      assertTrue(page.body().contains("data-hls=\"./index.m3u8\""), page.body());
      assertTrue(page.body().contains("<title>yard</title>"), page.body());
      assertEquals("private, no-cache", page.field("Cache-Control"));
      assertNull(page.field("Access-Control-Allow-Origin"));
      assertVaries(page);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Accept: */*",
        "Sec-Fetch-Dest: empty",
        "Sec-Fetch-Dest: video",
        "Sec-Fetch-Dest: empty\r\nAccept: text/html",
        "User-Agent: a player"
      })
  void player_getsThePlaylist(String field) throws Exception {
    Answer answer = bench.get("/tv/yard/index.m3u8", field);
    assertEquals(PLAYLIST, answer.body());
    assertEquals("*", answer.field("Access-Control-Allow-Origin"));
    assertVaries(answer);
    assertEquals(404, bench.get("/tv/yard/", field).status());
  }

  @Test
  void query_isThePlaylistsToo_butForTheLanguage() throws Exception {
    Answer page = bench.get("/tv/yard/index.m3u8?a=1&lang=fa&b=%22", BROWSER);
    assertTrue(page.body().contains("data-hls=\"./index.m3u8?a=1&amp;b=%22\""), page.body());
    assertTrue(page.body().contains("href=\"?a=1&amp;b=%22&amp;lang=en\""), page.body());
    assertTrue(page.body().contains("dir=\"rtl\""), page.body());
    String asked = bench.origin().requests().getLast().line();
    assertEquals("GET /tv/yard/index.m3u8?a=1&b=%22", asked);
  }

  /** What is no playlist, or not there, is the origin's; so are folders that were not spoken of. */
  @ParameterizedTest
  @CsvSource({
    "/tv/yard/index.mpd, 200, <MPD/>",
    "/tv/gone/index.m3u8, 404, ''",
    "/tv/lie/index.m3u8, 200, <p>signed off</p>",
    "/tv/none/, 200, <p>the origin's own</p>",
    "/tv/gone/, 404, ''",
    "/plain/yard/, 200, <p>the origin's own</p>",
  })
  void browser_isToldWhatTheOriginSays_whereNothingPlays(String path, int status, String body)
      throws Exception {
    Answer answer = bench.get(path, BROWSER);
    assertEquals(status, answer.status());
    assertEquals(body, answer.body());
  }

  @Test
  void scripts_areThoseOfThisBuild_othersTheOrigins() throws Exception {
    Matcher script = SCRIPT.matcher(bench.get("/tv/yard/", BROWSER).body());
    assertTrue(script.find());
    Answer own = bench.get("/tv/yard/" + script.group(1));
    assertEquals(200, own.status());
    assertTrue(own.body().contains("hls.js"), own.body());
    assertEquals("the origin's own", bench.get("/tv/yard/~page/player.js").body());
    assertEquals("the origin's own", bench.get("/tv/yard/~page/player.js?v=1").body());
    assertFalse(bench.origin().received().contains(script.group(1).substring(2)));
  }

  @Test
  void conditions_ofThePage_areNotThePlaylists() throws Exception {
    Answer page = bench.get("/tv/yard/index.m3u8", BROWSER, "If-None-Match: *", "Range: bytes=0-1");
    assertEquals(200, page.status());
    assertTrue(page.body().startsWith(PAGE), page.body());
  }
}
