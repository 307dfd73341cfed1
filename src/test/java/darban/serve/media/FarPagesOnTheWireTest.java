package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient.Answer;
import darban.testkit.ScriptedOrigin;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A library behind an origin, by the origin's own index and by a list. */
@ExtendWith(Guard.class)
class FarPagesOnTheWireTest {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
  private static final String TEXT = "1\n00:00:01,000 --> 00:00:02,000\n";

  private final Map<String, String> files = new ConcurrentHashMap<>();
  private Bench bench;
  private String film = "";

  @BeforeEach
  void start() throws Exception {
    film = new String(Files.readAllBytes(Films.plain()), StandardCharsets.ISO_8859_1);
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - { match: { path: "/far/*" }, media: far }
                  - { match: { path: "/told/*" }, media: told }
                  - { match: { path: "/guessed/*" }, media: guessed }
            media:
              far: { root: "http://ORIGIN/films/", browse: true }
              told: { root: "http://ORIGIN/films", browse: true, films: [ "s/a b.mp4", "/s/a b.en.srt" ] }
              guessed: { root: "http://ORIGIN/films", sizes: [ 1080, 720, 360 ] }
            log: { access: off }
            """);
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            connection.send(answer(next));
          }
        });
    files.put("/films/s/a%20b.mp4", film);
    files.put("/films/s/a%20b.en.srt", TEXT + "hello");
    files.put("/films/s/a%20b.png", "a picture");
    files.put(
        "/films/",
        "<html><a href='../'>up</a> <a href='?C=M;O=A'>by time</a> <a href='/films/s/'>s/</a>"
            + " <a href='http://else.example/x.mp4'>x</a> <A class=f HREF=\"b.mp3\">b</A>"
            + " <a href='.git/'>g</a> <a href='notes.txt'>n</a> <a href='/other/y.mp4'>y</a>");
    files.put(
        "/films/s/",
        "<a href=\"a%20b.mp4\">a b.mp4</a><a href=\"a%20b.en.srt\">t</a><a href='a%20b.png'>p</a>");
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  private String answer(ScriptedOrigin.Request asked) {
    String path = asked.line().substring(asked.line().indexOf(' ') + 1);
    String whole = files.get(path);
    if ("BROKEN".equals(whole)) {
      return "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n";
    }
    if (whole == null) {
      return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    }
    Matcher range = RANGE.matcher(String.valueOf(asked.field("Range")));
    String place = "";
    String body = whole;
    if (range.matches()) {
      int from = Integer.parseInt(range.group(1));
      int end = Math.min(Integer.parseInt(range.group(2)), whole.length() - 1) + 1;
      body = whole.substring(from, end);
      place = "Content-Range: bytes %d-%d/%d\r\n".formatted(from, end - 1, whole.length());
    }
    return "HTTP/1.1 %d X\r\nContent-Type: %s\r\nETag: \"%x\"\r\n%sContent-Length: %d\r\n\r\n"
            .formatted(
                range.matches() ? 206 : 200,
                path.endsWith("/") ? "text/html" : "application/octet-stream",
                whole.hashCode(),
                place,
                body.length())
        + body;
  }

  private List<String> paths(String address) throws IOException {
    Answer answer = bench.get(address);
    assertEquals(200, answer.status(), answer.body());
    return new JsonObject(answer.body())
        .getJsonArray("items").stream().map(each -> ((JsonObject) each).getString("path")).toList();
  }

  @Test
  void index_ofTheOrigin_isTheLibrary() throws Exception {
    assertEquals(List.of("s", "b.mp3"), paths("/far/~list.json"));
    assertEquals(List.of("s/a b.mp4"), paths("/far/s/~list.json"));
    assertEquals(List.of("s/a b.mp4"), paths("/far/~list.json?q=A+B"));
    assertTrue(bench.get("/far/").body().contains("href=\"./b.mp3/\""));
    assertEquals(404, bench.get("/far/none/").status());
  }

  @Test
  void list_inTheConfiguration_isTheLibrary() throws Exception {
    files.remove("/films/");
    files.remove("/films/s/");
    assertEquals(List.of("s"), paths("/told/~list.json"));
    assertEquals(List.of("s/a b.mp4"), paths("/told/s/~list.json"));
    assertTrue(bench.get("/told/s/a%20b.mp4/index.m3u8").body().contains("LANGUAGE=\"en\""));
  }

  @ParameterizedTest
  @CsvSource({"far", "told"})
  void film_hasAPage_aPicture_andItsSubtitles(String library) throws Exception {
    String at = "/" + library + "/s/a%20b.mp4/";
    Answer page = bench.get(at);
    assertTrue(page.body().contains("src=\"s0.vtt\" srclang=\"en\""), page.body());
    assertEquals(
        12.0, new JsonObject(bench.get(at + "item.json").body()).getDouble("seconds"), 0.1);
    assertTrue(bench.get(at + "s0.vtt").body().contains("hello"));
    String picture = bench.get(at + "poster").body();
    assertTrue(library.equals("far") ? picture.equals("a picture") : isPhotograph(picture));
  }

  /** Made by ffmpeg where there is one. */
  private static boolean isPhotograph(String picture) {
    boolean ffmpeg = Posters.program("ffmpeg", String.valueOf(System.getenv("PATH"))).isPresent();
    return picture.startsWith(ffmpeg ? "\u00ff\u00d8" : "<svg");
  }

  @Test
  void subtitles_areOfferedAsTheyAreNow() throws Exception {
    String at = "/far/s/a%20b.mp4/";
    Answer before = bench.get(at + "index.m3u8");
    assertTrue(before.body().contains("LANGUAGE=\"en\""), before.body());
    files.put("/films/s/a%20b.en.srt", TEXT + "bonjour");
    Answer changed = bench.get(at + "index.m3u8", "If-None-Match: " + before.field("ETag"));
    assertEquals(200, changed.status());
    assertTrue(bench.get(at + "s0/0.vtt").body().contains("bonjour"));
    files.put("/films/s/", "<a href=\"a%20b.mp4\">a b.mp4</a>");
    assertFalse(bench.get(at + "index.m3u8").body().contains("LANGUAGE"));
  }

  @ParameterizedTest
  @CsvSource({"far, true", "guessed, false"})
  void sizesOfAFilm_areOne_byTheIndexOrBySizesToLookFor(String library, boolean index)
      throws Exception {
    String scaled = "-i " + Films.plain() + " -vf scale=80:60 " + Films.AVC + "-c:a copy";
    String small =
        new String(
            Files.readAllBytes(Films.make("scaled.mp4", scaled)), StandardCharsets.ISO_8859_1);
    files.put("/films/s/c-720p.mp4", film);
    files.put("/films/s/c-360p.mp4", small);
    files.put("/films/s/c.en.srt", TEXT + "hello");
    String links = "<a href='c-720p.mp4'>1</a><a href='c-360p.mp4'>2</a><a href='c.en.srt'>3</a>";
    files.computeIfPresent("/films/s/", (path, page) -> index ? links : null);
    String at = "/" + library + "/s/c-720p.mp4/";
    Answer playlist = bench.get(at + "index.m3u8");
    assertEquals(2, playlist.body().split("#EXT-X-STREAM-INF", -1).length - 1, playlist.body());
    assertEquals(index, playlist.body().contains("LANGUAGE=\"en\""), playlist.body());
    Answer other = bench.get("/" + library + "/s/c-360p.mp4/index.m3u8");
    assertEquals(playlist.body(), other.body());
    assertEquals(playlist.field("ETag"), other.field("ETag"));
    // Each segment is of its own file, wherever it lies in that.
    Answer first = bench.get(at + "v0/1.m4s");
    Answer second = bench.get(at + "v1/1.m4s");
    assertTrue(first.whole() && second.whole());
    assertTrue(small.contains(sample(first)) && !film.contains(sample(first)));
    assertTrue(film.contains(sample(second)));
    assertEquals(404, bench.get("/" + library + "/s/c-1080p.mp4/index.m3u8").status());
    if (index) {
      assertEquals(List.of("s/c-720p.mp4"), paths("/far/s/~list.json"));
    }
  }

  private static String sample(Answer segment) {
    int start = segment.body().indexOf("mdat") + 4;
    return segment.body().substring(start, start + 100);
  }

  @Test
  void size_thatFails_isNotLeftOut() throws Exception {
    files.remove("/films/s/");
    files.put("/films/s/c-720p.mp4", film);
    files.put("/films/s/c-360p.mp4", "BROKEN");
    assertEquals(502, bench.get("/guessed/s/c-720p.mp4/index.m3u8").status());
  }

  @Test
  void fileItself_itsHeadIsMovedToTheFront() throws Exception {
    assertTrue(film.indexOf("mdat") < film.indexOf("moov"));
    Answer moved = bench.get("/far/s/a%20b.mp4");
    assertEquals(film.length(), moved.body().length());
    assertTrue(moved.body().indexOf("moov") < moved.body().indexOf("mdat"));
    Answer part = bench.get("/far/s/a%20b.mp4", "Range: bytes=20-9000");
    assertEquals(206, part.status());
    assertEquals(moved.body().substring(20, 9001), part.body());
    files.put("/films/s/no.mp4", "no film at all, only words");
    assertEquals("no film at all, only words", bench.get("/far/s/no.mp4").body());
    assertEquals(404, bench.get("/far/s/none.mp4").status());
  }

  @ParameterizedTest
  @CsvSource({"/far/.git/", "/far/..%2fother/y.mp4/", "/far/.hidden.mp4/item.json"})
  void path_thatLeadsOut_neverReachesTheOrigin(String path) throws Exception {
    assertEquals(404, bench.get(path).status());
    assertEquals(0, bench.origin().requests().size());
  }
}
