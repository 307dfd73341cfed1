package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.RawClient.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A film as HTTP shows it: names, fields, ranges, and what is wrong. */
@ExtendWith(Guard.class)
class FilmOnTheWireTest {
  @TempDir Path temp;
  private Path films;
  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    films = Files.createDirectory(temp.resolve("films"));
    Files.copy(Films.plain(), films.resolve("plain.mp4"));
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - { match: { path: "/v/*" }, media: films }
                  - { match: { path: "/bare/*" }, media: bare }
                  - { match: { path: "/pages/*" }, media: pages }
            media:
              films: { root: "%s" }
              bare: { root: "%s", faststart: false }
              pages: { root: "%s", browse: true }
            log: { access: off }
            """
                .formatted(films, films, films));
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource({
    "index.m3u8, application/vnd.apple.mpegurl, 'public, no-cache', #EXTM3U",
    "v0.m3u8, application/vnd.apple.mpegurl, 'public, no-cache', #EXTM3U",
    "v0-frames.m3u8, application/vnd.apple.mpegurl, 'public, no-cache', #EXTM3U",
    "index.mpd, application/dash+xml, 'public, no-cache', <?xml",
    "v0/init.mp4, video/mp4, 'public, max-age=3600', ftyp",
    "a0/init.mp4, audio/mp4, 'public, max-age=3600', ftyp",
    "v0/1.m4s, video/mp4, 'public, max-age=3600', styp",
    "a0/1.m4s, audio/mp4, 'public, max-age=3600', styp",
    "v0/frame-1.m4s, video/mp4, 'public, max-age=3600', styp",
  })
  void name_ofAFilm_isAnswered_againByItsTag(String name, String type, String caching, String in)
      throws Exception {
    Answer whole = bench.get("/v/plain.mp4/" + name);
    assertEquals(200, whole.status());
    assertEquals(type, whole.field("Content-Type"));
    assertEquals(caching, whole.field("Cache-Control"));
    assertEquals("*", whole.field("Access-Control-Allow-Origin"));
    assertTrue(whole.whole() && whole.body().startsWith(in, in.length() == 4 ? 4 : 0));
    Answer again = bench.get("/v/plain.mp4/" + name, "If-None-Match: " + whole.field("ETag"));
    assertEquals(304, again.status());
    int to = whole.body().length() - 2;
    Answer part = bench.get("/v/plain.mp4/" + name, "Range: bytes=3-" + to);
    assertEquals(206, part.status());
    assertEquals(whole.body().substring(3, to + 1), part.body());
    Answer head = bench.ask("HEAD", "/v/plain.mp4/" + name);
    assertEquals(Integer.toString(whole.body().length()), head.field("Content-Length"));
  }

  @Test
  void playlist_namesEverythingThatThereIs() throws Exception {
    String master = bench.get("/v/plain.mp4/index.m3u8").body();
    for (String name : new String[] {"v0.m3u8", "a0.m3u8", "v0-frames.m3u8"}) {
      assertTrue(master.contains(name), master);
      bench
          .get("/v/plain.mp4/" + name)
          .body()
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(uri -> assertIsThere("/v/plain.mp4/" + uri));
    }
  }

  private void assertIsThere(String path) {
    try {
      assertEquals(200, bench.ask("HEAD", path).status(), path);
    } catch (IOException e) {
      throw new AssertionError(path, e);
    }
  }

  @Test
  void fileItself_itsHeadIsMovedToTheFront() throws Exception {
    String plain = latin(Files.readAllBytes(films.resolve("plain.mp4")));
    assertTrue(plain.indexOf("mdat") < plain.indexOf("moov"));
    Answer moved = bench.get("/v/plain.mp4");
    assertEquals(200, moved.status());
    assertEquals("video/mp4", moved.field("Content-Type"));
    assertEquals(plain.length(), moved.body().length());
    assertTrue(moved.body().indexOf("moov") < moved.body().indexOf("mdat"));
    Answer part = bench.get("/v/plain.mp4", "Range: bytes=20-9000");
    assertEquals(206, part.status());
    assertEquals(moved.body().substring(20, 9001), part.body());
    Answer bare = bench.get("/bare/plain.mp4");
    assertEquals(plain, bare.body());
    assertNotEquals(bare.field("ETag"), moved.field("ETag"));
  }

  @Test
  void otherFiles_areServedAsTheyAre() throws Exception {
    Files.writeString(films.resolve("note.txt"), "hello");
    assertEquals("hello", bench.get("/v/note.txt").body());
    assertEquals("ell", bench.get("/v/note.txt", "Range: bytes=1-3").body());
    Answer none = bench.get("/v/note.txt/index.m3u8");
    assertEquals(422, none.status());
    assertTrue(none.body().contains("too short for an MP4 file"), none.body());
  }

  @Test
  void brokenFile_isToldOf_andCanBeHadAsItIs() throws Exception {
    byte[] whole = Files.readAllBytes(films.resolve("plain.mp4"));
    Files.write(films.resolve("cut.mp4"), Arrays.copyOf(whole, whole.length / 2));
    for (int i = 0; i < 2; i++) {
      Answer answer = bench.get("/v/cut.mp4/index.m3u8", "Origin: http://a.example");
      assertEquals(422, answer.status());
      assertTrue(answer.body().contains("cut, or still being written"), answer.body());
      assertEquals("*", answer.field("Access-Control-Allow-Origin"));
      assertEquals("no-store", answer.field("Cache-Control"));
    }
    Answer itself = bench.get("/v/cut.mp4");
    assertEquals(whole.length / 2, itself.body().length());
  }

  @Test
  void fileChanged_isReadAnew() throws Exception {
    Answer before = bench.get("/v/plain.mp4/v0/0.m4s");
    Path other = Films.plain("halved.mp4", "-t 5");
    Files.copy(other, films.resolve("plain.mp4"), StandardCopyOption.REPLACE_EXISTING);
    Answer after = bench.get("/v/plain.mp4/v0/0.m4s", "If-None-Match: " + before.field("ETag"));
    assertEquals(200, after.status());
    assertEquals(404, bench.get("/v/plain.mp4/v0/2.m4s").status());
  }

  @Test
  void subtitles_besideTheFilm_areOfferedAsSoonAsTheyAreThere() throws Exception {
    Answer before = bench.get("/v/plain.mp4/index.m3u8");
    assertTrue(!before.body().contains("SUBTITLES"));
    Files.writeString(films.resolve("plain.fa.srt"), "1\n00:00:01,000 --> 00:00:02,000\nسلام\n");
    Files.writeString(films.resolve("plain.de.vtt"), "no subtitles at all");
    Files.writeString(films.resolve("plainer.en.srt"), "of another film");
    Answer after = bench.get("/v/plain.mp4/index.m3u8", "If-None-Match: " + before.field("ETag"));
    assertEquals(200, after.status());
    assertTrue(after.body().contains("LANGUAGE=\"fa\""), after.body());
    assertTrue(!after.body().contains("LANGUAGE=\"en\""), after.body());
    Answer text = bench.get("/v/plain.mp4/s0/0.vtt");
    assertEquals("text/vtt; charset=utf-8", text.field("Content-Type"));
  }

  @Test
  void filesOfSeveralSizes_areOneFilm_whicheverIsAskedFor() throws Exception {
    Path small =
        Films.make(
            "set-small.mp4", "-i " + Films.plain() + " -vf scale=80:60 " + Films.AVC + Films.AAC);
    Files.copy(small, films.resolve("set-060p.mp4"));
    Files.copy(Films.plain(), films.resolve("set-120p.mp4"));
    Files.writeString(films.resolve("set.fa.srt"), "1\n00:00:01,000 --> 00:00:02,000\nhi\n");
    Answer master = bench.get("/v/set-120p.mp4/index.m3u8");
    assertTrue(master.body().contains("RESOLUTION=80x60"), master.body());
    assertTrue(master.body().contains("RESOLUTION=160x120"), master.body());
    assertTrue(master.body().contains("LANGUAGE=\"fa\""), master.body());
    assertEquals(master.body(), bench.get("/v/set-060p.mp4/index.m3u8").body());
    for (String name : new String[] {"v0/1.m4s", "v1/1.m4s", "a0/1.m4s", "v1/init.mp4"}) {
      Answer one = bench.get("/v/set-120p.mp4/" + name);
      assertEquals(200, one.status(), name);
      assertTrue(one.whole());
      assertEquals(one.body(), bench.get("/v/set-060p.mp4/" + name).body());
    }
    // The larger one is as it is without the other.
    assertEquals(
        bench.get("/v/plain.mp4/v0/1.m4s").body(), bench.get("/v/set-120p.mp4/v1/1.m4s").body());
    assertEquals(bench.get("/v/plain.mp4").body(), bench.get("/v/set-120p.mp4").body());
    String list = bench.get("/pages/~list.json").body();
    assertTrue(list.contains("set-120p.mp4") && !list.contains("set-060p.mp4"), list);
    Files.delete(films.resolve("set-060p.mp4"));
    assertEquals(404, bench.get("/v/set-120p.mp4/v1/1.m4s").status());
  }

  @ParameterizedTest
  @CsvSource({
    "/v/none.mp4/index.m3u8",
    "/v/plain.mp4/",
    "/v/plain.mp4/index.m3u8/",
    "/v/plain.mp4/master.m3u8",
    "/v/plain.mp4/v1.m3u8",
    "/v/plain.mp4/v0/9.m4s",
    "/v/plain.mp4/v0/00.m4s",
    "/v/plain.mp4/v0/0.m4s/x",
    "/v/plain.mp4/s0.vtt",
    "/v/",
    "/v",
    "/v/.hidden/film.mp4/index.m3u8",
    "/v/link/plain.mp4/index.m3u8",
    "/v/link/plain.mp4",
    "/v/%2e%2e/outside/plain.mp4/index.m3u8",
    "/v/..%2foutside/plain.mp4",
    "/v/x%00/index.m3u8",
  })
  void nameOfNothing_orOutside_isNotFound(String path) throws Exception {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.copy(Films.plain(), outside.resolve("plain.mp4"));
    Files.createSymbolicLink(films.resolve("link"), outside);
    Path hidden = Files.createDirectory(films.resolve(".hidden"));
    Files.copy(Films.plain(), hidden.resolve("film.mp4"));
    Answer answer = bench.get(path);
    assertTrue(answer.status() == 404 || answer.status() == 400, path + " " + answer.status());
    assertTrue(answer.body().length() < 200);
  }

  @Test
  void pages_leadFromFolderToFilm() throws Exception {
    Files.writeString(films.resolve("plain.fa.srt"), "1\n00:00:01,000 --> 00:00:02,000\nhi\n");
    assertEquals("/pages/", bench.get("/pages").field("Location"));
    Answer list = bench.get("/pages/");
    assertEquals("text/html; charset=utf-8", list.field("Content-Type"));
    assertTrue(list.body().contains("href=\"./plain.mp4/\""), list.body());
    Answer film = bench.get("/pages/plain.mp4/");
    assertTrue(film.body().contains("data-file=\"../plain.mp4\""), film.body());
    assertTrue(film.body().contains("src=\"s0.vtt\" srclang=\"fa\""), film.body());
    assertEquals(200, bench.get("/pages/plain.mp4/s0.vtt").status());
    assertEquals(404, bench.get("/pages/plain.fa.srt/").status());
  }

  @Test
  void methods_otherThanReading_areNotAllowed() throws Exception {
    assertEquals(405, bench.ask("DELETE", "/v/plain.mp4").status());
    assertEquals(204, bench.ask("OPTIONS", "/v/plain.mp4/index.m3u8").status());
  }

  @Test
  void clientsThatLeave_leaveNothingOpen() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (RawClient client = bench.client()) {
        client.send("GET /v/plain.mp4/a0/" + i % 3 + ".m4s HTTP/1.1\r\nHost: h\r\n\r\n");
        client.reset();
      }
    }
    assertEquals(200, bench.get("/v/plain.mp4/a0/0.m4s").status());
  }
}
